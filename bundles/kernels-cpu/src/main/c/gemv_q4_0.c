#include "activations.h"

/*
 * y (tokens, rows) = or += scale · x Wᵀ for up to 8 tokens: W (rows, columns) in Q4_0, x in 8-bit integers.
 *
 * Two blocks of a weight, 36 bytes, fill one register: the nibbles become 64 unsigned bytes, multiplied with 64 signed activations
 * four by four, and the two products of scales turn the sums into floats. Every weight is read once, for all tokens.
 */
enum { PAIR = 2 * Q4_0_BYTES };

/* Byte i of 64 comes from the block's byte 2 + i % 16; the second half of a block is the upper nibbles. */
INLINE __m512i nibbles(__m512i pair) {
    const __m512i lane = _mm512_set_epi8(
            35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20,
            35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20,
            17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,
            17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2);
    const __m512i shift = _mm512_set_epi64(
            0x0004000400040004, 0x0004000400040004, 0, 0, 0x0004000400040004, 0x0004000400040004, 0, 0);
    __m512i spread = _mm512_permutexvar_epi8(lane, pair);
    return _mm512_and_si512(_mm512_srlv_epi16(spread, shift), _mm512_set1_epi8(15));
}

/* The float16 scale of the first block in lanes 0…7, of the second in lanes 8…15. */
INLINE __m512 scales(__m512i pair) {
    const __m512i lane = _mm512_castsi256_si512(_mm256_set_epi16(
            9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0));
    return _mm512_cvtph_ps(_mm512_castsi512_si256(_mm512_permutexvar_epi16(lane, pair)));
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
        __mmask64 present = first64(row_bytes - at < PAIR ? row_bytes - at : PAIR);
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
            _mm_prefetch((const char *)(w + (rows + r) * row_bytes + at), _MM_HINT_T0); /* of the rows that come next */
            __m512i pair = _mm512_maskz_loadu_epi8(present, w + r * row_bytes + at);
            __m512i q = nibbles(pair);
            __m512 d = scales(pair);
#pragma GCC unroll 8
            for (int t = 0; t < tokens; t++) {
                const struct activations *a = x + t * x_stride + p;
                __m512i dot = _mm512_dpbusd_epi32(_mm512_load_si512(a->offset), q, _mm512_load_si512(a->q));
                __m512 factor = _mm512_mul_ps(d, _mm512_load_ps(a->scale));
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

EXPORT AVX512 void apprentice_gemv_q4_0(
        const uint8_t *w, long rows, long columns, const struct activations *x, int tokens, float scale, int result,
        float *y, long y_stride) {
    long row_bytes = columns / BLOCK * Q4_0_BYTES;
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
