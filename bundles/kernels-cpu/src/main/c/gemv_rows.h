#pragma once
#include "activations.h"
#include "masked_rows.h"
#include <string.h>

/*
 * y (tokens, rows) = or += scale · x Wᵀ for up to 8 tokens: W (rows, columns) quantised, x in 8-bit integers.
 *
 * A file that includes this says how four blocks of its type are read: struct group load(const uint8_t *p, int blocks). Bytes are
 * multiplied four by four and added up exactly; the two scales turn the sums into floats. Every weight is read once, for all tokens,
 * and what comes next is asked for ahead: a processor left alone reaches a third of its memory's bandwidth here.
 */

/* Four blocks of weights. */
struct group {
    __m512i low;  /* w + bias of the blocks' first halves */
    __m512i high; /* of their second halves */
    __m512 scale; /* lane i belongs to block i / 4 */
};

INLINE struct group load(const uint8_t *p, int blocks);

/* Four float16 scales, each for four lanes. */
INLINE __m512 spread(uint16_t d0, uint16_t d1, uint16_t d2, uint16_t d3) {
    const __m512i lane = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    __m128 four = _mm_cvtph_ps(_mm_set_epi16(0, 0, 0, 0, (short)d3, (short)d2, (short)d1, (short)d0));
    return _mm512_permutexvar_ps(lane, _mm512_castps128_ps512(four));
}

INLINE uint16_t half_at(const uint8_t *p) {
    uint16_t bits;
    memcpy(&bits, p, sizeof bits);
    return bits;
}

INLINE __m512i gather16(const uint8_t *p0, const uint8_t *p1, const uint8_t *p2, const uint8_t *p3) {
    __m512i v = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)p0));
    v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)p1), 1);
    v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)p2), 2);
    return _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)p3), 3);
}

INLINE __m512 add_product(struct group w, const struct activations *x, __m512 sum) {
    __m512i dot = _mm512_dpbusd_epi32(_mm512_load_si512(x->offset), w.low, _mm512_load_si512(x->low));
    dot = _mm512_dpbusd_epi32(dot, w.high, _mm512_load_si512(x->high));
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), _mm512_mul_ps(w.scale, _mm512_load_ps(x->scale)), sum);
}

/* Rows that begin at w[r]; those at ahead[r] will be asked for next. */
INLINE void some_rows(
        const int rows, const int tokens, const int block_bytes, const uint8_t *const w[4], const uint8_t *const ahead[4],
        long blocks, const struct activations *x, long x_stride, float scale, enum result result, float *y, long y_stride) {
    __m512 sum[4][8];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
        for (int t = 0; t < tokens; t++) {
            sum[r][t] = _mm512_setzero_ps();
        }
    }
    long whole = blocks / BLOCKS, left = blocks % BLOCKS;
    for (long g = 0; g < whole; g++) {
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
            long at = g * BLOCKS * block_bytes;
            for (int line = 0; line < BLOCKS * block_bytes; line += 64) {
                _mm_prefetch((const char *)(ahead[r] + at + line), _MM_HINT_T0);
            }
            struct group weights = load(w[r] + at, BLOCKS);
#pragma GCC unroll 8
            for (int t = 0; t < tokens; t++) {
                sum[r][t] = add_product(weights, x + t * x_stride + g, sum[r][t]);
            }
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        if (left > 0) {
            struct group weights = load(w[r] + whole * BLOCKS * block_bytes, (int)left);
#pragma GCC unroll 8
            for (int t = 0; t < tokens; t++) {
                sum[r][t] = add_product(weights, x + t * x_stride + whole, sum[r][t]);
            }
        }
#pragma GCC unroll 8
        for (int t = 0; t < tokens; t++) {
            float *target = y + t * y_stride + r;
            *target = (result == ADD ? *target : 0) + scale * _mm512_reduce_add_ps(sum[r][t]);
        }
    }
}

/* Rows one after the other. */
INLINE void next_rows(
        const int rows, const int tokens, const int block_bytes, const uint8_t *w, long blocks, const struct activations *x,
        long x_stride, float scale, enum result result, float *y, long y_stride) {
    long row_bytes = blocks * block_bytes;
    const uint8_t *at[4], *ahead[4];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        at[r] = w + r * row_bytes;
        ahead[r] = at[r] + rows * row_bytes;
    }
    some_rows(rows, tokens, block_bytes, at, ahead, blocks, x, x_stride, scale, result, y, y_stride);
}

INLINE void all_rows(
        const int step, const int tokens, const int block_bytes, const uint8_t *w, long rows, long blocks,
        const struct activations *x, float scale, enum result result, float *y, long y_stride) {
    long row_bytes = blocks * block_bytes, x_stride = (blocks + BLOCKS - 1) / BLOCKS;
    long row = 0;
    for (; row + step <= rows; row += step) {
        next_rows(step, tokens, block_bytes, w + row * row_bytes, blocks, x, x_stride, scale, result, y + row, y_stride);
    }
    for (; row < rows; row++) {
        next_rows(1, tokens, block_bytes, w + row * row_bytes, blocks, x, x_stride, scale, result, y + row, y_stride);
    }
}

INLINE void gemv(
        const int block_bytes, const uint8_t *w, long rows, long columns, const struct activations *x, int tokens, float scale,
        enum result result, float *y, long y_stride) {
    long blocks = columns / BLOCK;
    switch (tokens) { /* as many rows at once as registers hold sums */
        case 1: all_rows(4, 1, block_bytes, w, rows, blocks, x, scale, result, y, y_stride); break;
        case 2: all_rows(4, 2, block_bytes, w, rows, blocks, x, scale, result, y, y_stride); break;
        case 3: all_rows(4, 3, block_bytes, w, rows, blocks, x, scale, result, y, y_stride); break;
        case 4: all_rows(4, 4, block_bytes, w, rows, blocks, x, scale, result, y, y_stride); break;
        case 5: all_rows(2, 5, block_bytes, w, rows, blocks, x, scale, result, y, y_stride); break;
        case 6: all_rows(2, 6, block_bytes, w, rows, blocks, x, scale, result, y, y_stride); break;
        case 7: all_rows(2, 7, block_bytes, w, rows, blocks, x, scale, result, y, y_stride); break;
        case 8: all_rows(2, 8, block_bytes, w, rows, blocks, x, scale, result, y, y_stride); break;
    }
}

/* y = x Wᵀ of one token where mask is not 0, and 0 elsewhere: the weights of those rows are not read. */
INLINE void gemv_where(
        const int block_bytes, const uint8_t *w, long rows, long columns, const struct activations *x, const float *mask, float *y) {
    long blocks = columns / BLOCK, row_bytes = blocks * block_bytes;
    int32_t kept[ROWS_LISTED + 16];
    for (long from = 0; from < rows; from += ROWS_LISTED) {
        long here = rows - from < ROWS_LISTED ? rows - from : ROWS_LISTED;
        int count = list_rows(mask + from, here, from, y + from, kept);
        for (int i = 0; i < count; i += 4) {
            const uint8_t *at[4], *ahead[4];
#pragma GCC unroll 4
            for (int r = 0; r < 4; r++) {
                at[r] = w + kept[i + r] * row_bytes;
                ahead[r] = w + kept[i + 4 + r] * row_bytes;
            }
            float sums[4];
            some_rows(4, 1, block_bytes, at, ahead, blocks, x, 0, 1, REPLACE, sums, 0);
#pragma GCC unroll 4
            for (int r = 0; r < 4; r++) {
                y[kept[i + r]] = sums[r];
            }
        }
    }
}
