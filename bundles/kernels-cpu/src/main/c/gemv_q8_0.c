#include "activations.h"
#include <string.h>

/*
 * y (tokens, rows) = or += scale · x Wᵀ for up to 8 tokens: W (rows, columns) in Q8_0, x in 8-bit integers. As gemv_q4_0.c, but two
 * blocks are 68 bytes, and 128 makes the signed weights unsigned.
 */
enum { PAIR = 2 * Q8_0_BYTES };

struct pair {
    __m512i q; /* 64 × weight + 128 */
    __m512 d;  /* the first block's scale in lanes 0…7, the second's in lanes 8…15 */
};

INLINE uint16_t half_at(const uint8_t *p) {
    uint16_t bits;
    memcpy(&bits, p, sizeof bits);
    return bits;
}

/* Two blocks, or one and zeros. */
INLINE struct pair load(const uint8_t *p, int blocks) {
    __m256i low = _mm256_loadu_si256((const __m256i *)(p + 2));
    __m256i high = _mm256_setzero_si256();
    __m128i d = _mm_set1_epi16((short)half_at(p));
    __m128i second = _mm_setzero_si128();
    if (blocks == 2) {
        high = _mm256_loadu_si256((const __m256i *)(p + Q8_0_BYTES + 2));
        second = _mm_set1_epi16((short)half_at(p + Q8_0_BYTES));
    }
    __m512i q = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    return (struct pair){
        _mm512_xor_si512(q, _mm512_set1_epi8((char)0x80)),
        _mm512_cvtph_ps(_mm256_inserti128_si256(_mm256_castsi128_si256(d), second, 1))};
}

INLINE void some_rows(
        const int rows, const int tokens, const uint8_t *w, long row_bytes, const struct activations *x, long x_stride,
        float scale, enum result result, float *y, long y_stride) {
    __m512 sum[4][8];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
        for (int t = 0; t < tokens; t++) {
            sum[r][t] = _mm512_setzero_ps();
        }
    }
    for (long at = 0, p = 0; at < row_bytes; at += PAIR, p++) {
        int blocks = row_bytes - at < PAIR ? 1 : 2;
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
            _mm_prefetch((const char *)(w + (rows + r) * row_bytes + at), _MM_HINT_T0); /* of the rows that come next */
            struct pair pair = load(w + r * row_bytes + at, blocks);
#pragma GCC unroll 8
            for (int t = 0; t < tokens; t++) {
                const struct activations *a = x + t * x_stride + p;
                __m512i dot = _mm512_dpbusd_epi32(_mm512_load_si512(a->offset), pair.q, _mm512_load_si512(a->q));
                __m512 factor = _mm512_mul_ps(pair.d, _mm512_load_ps(a->scale));
                sum[r][t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), factor, sum[r][t]);
            }
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
        for (int t = 0; t < tokens; t++) {
            float *target = y + t * y_stride + r;
            *target = (result == ADD ? *target : 0) + scale * _mm512_reduce_add_ps(sum[r][t]);
        }
    }
}

INLINE void all_rows(
        const int step, const int tokens, const uint8_t *w, long row_bytes, long rows, const struct activations *x,
        long x_stride, float scale, enum result result, float *y, long y_stride) {
    long row = 0;
    for (; row + step <= rows; row += step) {
        some_rows(step, tokens, w + row * row_bytes, row_bytes, x, x_stride, scale, result, y + row, y_stride);
    }
    for (; row < rows; row++) {
        some_rows(1, tokens, w + row * row_bytes, row_bytes, x, x_stride, scale, result, y + row, y_stride);
    }
}

EXPORT AVX512 void apprentice_gemv_q8_0(
        const uint8_t *w, long rows, long columns, const struct activations *x, int tokens, float scale, int result,
        float *y, long y_stride) {
    long row_bytes = columns / BLOCK * Q8_0_BYTES;
    long x_stride = (columns + 63) / 64;
    switch (tokens) {
        case 1: all_rows(4, 1, w, row_bytes, rows, x, x_stride, scale, result, y, y_stride); break;
        case 2: all_rows(4, 2, w, row_bytes, rows, x, x_stride, scale, result, y, y_stride); break;
        case 3: all_rows(2, 3, w, row_bytes, rows, x, x_stride, scale, result, y, y_stride); break;
        case 4: all_rows(2, 4, w, row_bytes, rows, x, x_stride, scale, result, y, y_stride); break;
        case 5: all_rows(2, 5, w, row_bytes, rows, x, x_stride, scale, result, y, y_stride); break;
        case 6: all_rows(2, 6, w, row_bytes, rows, x, x_stride, scale, result, y, y_stride); break;
        case 7: all_rows(2, 7, w, row_bytes, rows, x, x_stride, scale, result, y, y_stride); break;
        case 8: all_rows(2, 8, w, row_bytes, rows, x, x_stride, scale, result, y, y_stride); break;
    }
}
