#include "softmax.h"
#include <string.h>

/*
 * One token's attention for the query heads that share a key/value head:
 *
 *   out (heads, width) = softmax(scale · query keysᵀ) values
 *
 * query (heads, width) F32; keys and values (count, width) F32, F16 or Q8_0, rows row_bytes apart; scores is room for heads · count
 * floats. Each key and value is read and unpacked once for up to four heads.
 */
enum stored { STORED_F32, STORED_F16, STORED_Q8_0 };
enum { HEADS = 4, VECTORS = 4, WIDTH = 16 };

/* Elements i … i+15 of a row that has n. */
INLINE __m512 load(const enum stored stored, const uint8_t *row, long i, long n) {
    __mmask16 there = first16(n - i);
    switch (stored) {
        case STORED_F32:
            return _mm512_maskz_loadu_ps(there, (const float *)row + i);
        case STORED_F16:
            return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(there, (const uint16_t *)row + i));
        default: {
            const uint8_t *block = row + i / BLOCK * Q8_0_BYTES;
            uint16_t bits;
            memcpy(&bits, block, sizeof bits);
            __m512i q = _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(block + 2 + i % BLOCK)));
            return _mm512_mul_ps(_mm512_cvtepi32_ps(q), _mm512_cvtph_ps(_mm256_set1_epi16((short)bits)));
        }
    }
}

INLINE void score(
        const enum stored stored, const int heads, const float *query, const uint8_t *keys, long row_bytes, long count,
        long width, float scale, float *scores) {
    for (long key = 0; key < count; key++) {
        const uint8_t *row = keys + key * row_bytes;
        __m512 sum[HEADS];
#pragma GCC unroll 4
        for (int h = 0; h < heads; h++) {
            sum[h] = _mm512_setzero_ps();
        }
        for (long i = 0; i < width; i += WIDTH) {
            __m512 k = load(stored, row, i, width);
#pragma GCC unroll 4
            for (int h = 0; h < heads; h++) {
                sum[h] = _mm512_fmadd_ps(k, _mm512_maskz_loadu_ps(first16(width - i), query + h * width + i), sum[h]);
            }
        }
#pragma GCC unroll 4
        for (int h = 0; h < heads; h++) {
            scores[h * count + key] = scale * _mm512_reduce_add_ps(sum[h]);
        }
    }
}

INLINE void mix(
        const enum stored stored, const int heads, const float *weights, const float *factor, const uint8_t *values,
        long row_bytes, long count, long width, float *out) {
    for (long from = 0; from < width; from += VECTORS * WIDTH) {
        __m512 sum[HEADS][VECTORS];
#pragma GCC unroll 4
        for (int h = 0; h < heads; h++) {
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                sum[h][v] = _mm512_setzero_ps();
            }
        }
        for (long key = 0; key < count; key++) {
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                long i = from + v * WIDTH;
                if (i < width) {
                    __m512 value = load(stored, values + key * row_bytes, i, width);
#pragma GCC unroll 4
                    for (int h = 0; h < heads; h++) {
                        sum[h][v] = _mm512_fmadd_ps(value, _mm512_set1_ps(weights[h * count + key]), sum[h][v]);
                    }
                }
            }
        }
#pragma GCC unroll 4
        for (int h = 0; h < heads; h++) {
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                long i = from + v * WIDTH;
                if (i < width) {
                    __m512 result = _mm512_mul_ps(sum[h][v], _mm512_set1_ps(factor[h]));
                    _mm512_mask_storeu_ps(out + h * width + i, first16(width - i), result);
                }
            }
        }
    }
}

INLINE void some_heads(
        const enum stored stored, const int heads, const float *query, const uint8_t *keys, const uint8_t *values, long row_bytes,
        long count, long width, float scale, float *scores, float *out) {
    float factor[HEADS];
    score(stored, heads, query, keys, row_bytes, count, width, scale, scores);
    for (int h = 0; h < heads; h++) {
        factor[h] = 1 / weigh(scores + h * count, count);
    }
    mix(stored, heads, scores, factor, values, row_bytes, count, width, out);
}

INLINE void all_heads(
        const enum stored stored, int heads, const float *query, const uint8_t *keys, const uint8_t *values, long row_bytes,
        long count, long width, float scale, float *scores, float *out) {
    for (int h = 0; h < heads; h += HEADS, query += HEADS * width, out += HEADS * width) {
        switch (heads - h) {
            case 1: some_heads(stored, 1, query, keys, values, row_bytes, count, width, scale, scores, out); break;
            case 2: some_heads(stored, 2, query, keys, values, row_bytes, count, width, scale, scores, out); break;
            case 3: some_heads(stored, 3, query, keys, values, row_bytes, count, width, scale, scores, out); break;
            default: some_heads(stored, 4, query, keys, values, row_bytes, count, width, scale, scores, out); break;
        }
    }
}

EXPORT AVX512 void apprentice_attend(
        int stored, int heads, const float *query, const uint8_t *keys, const uint8_t *values, long row_bytes, long count,
        long width, float scale, float *scores, float *out) {
    switch (stored) {
        case STORED_F32: all_heads(STORED_F32, heads, query, keys, values, row_bytes, count, width, scale, scores, out); break;
        case STORED_F16: all_heads(STORED_F16, heads, query, keys, values, row_bytes, count, width, scale, scores, out); break;
        default: all_heads(STORED_Q8_0, heads, query, keys, values, row_bytes, count, width, scale, scores, out); break;
    }
}
