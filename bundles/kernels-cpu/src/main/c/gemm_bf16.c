#include "panel_bf16.h"

/*
 * C (rows, columns) = or += scale · A B for up to 64 columns, after Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008). A (rows, depth) is BF16 already. vdpbf16ps multiplies pairs along the depth and adds in float.
 */

enum { DEPTH = 256 };

/* Some rows of C: a (rows, 2 · pairs) times panel. Rows that are not there repeat the last and are not stored. */
INLINE void tile(
        const int rows, const int vectors, const uint16_t *a, long a_stride, int present, const uint32_t *panel, long pairs,
        long columns, float scale, enum result result, float *c, long c_stride) {
    __m512 sum[12][4];
    const uint16_t *row[12];
#pragma GCC unroll 12
    for (int r = 0; r < rows; r++) {
        row[r] = a + (r < present ? r : present - 1) * a_stride;
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            sum[r][v] = _mm512_setzero_ps();
        }
    }
    for (long k = 0; k < pairs; k++) {
        __m512bh b[4];
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            b[v] = (__m512bh)_mm512_load_si512(panel + (k * vectors + v) * WIDTH);
        }
#pragma GCC unroll 12
        for (int r = 0; r < rows; r++) {
            int pair;
            memcpy(&pair, row[r] + 2 * k, sizeof pair);
            __m512bh left = (__m512bh)_mm512_set1_epi32(pair);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) {
                sum[r][v] = _mm512_dpbf16_ps(sum[r][v], left, b[v]);
            }
        }
    }
    __m512 factor = _mm512_set1_ps(scale);
#pragma GCC unroll 12
    for (int r = 0; r < rows; r++) {
        if (r < present) {
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) {
                float *target = c + r * c_stride + v * WIDTH;
                __mmask16 there = first16(columns - v * WIDTH);
                __m512 old = result == ADD ? _mm512_maskz_loadu_ps(there, target) : _mm512_setzero_ps();
                _mm512_mask_storeu_ps(target, there, _mm512_fmadd_ps(sum[r][v], factor, old));
            }
        }
    }
}

INLINE void all_tiles(
        const int step, const int vectors, const uint16_t *a, long a_stride, long rows, const uint32_t *panel, long pairs,
        long columns, float scale, enum result result, float *c, long c_stride) {
    for (long r = 0; r < rows; r += step) {
        int present = (int)(rows - r < step ? rows - r : step);
        tile(step, vectors, a + r * a_stride, a_stride, present, panel, pairs, columns, scale, result, c + r * c_stride, c_stride);
    }
}

INLINE void product(
        const enum type type, const uint16_t *a, long a_stride, long rows, long depth, const uint8_t *b, long row_bytes,
        enum layout layout, long column, long columns, float scale, enum result result, float *c, long c_stride) {
    uint32_t panel[DEPTH / 2 * COLUMNS] __attribute__((aligned(64)));
    int vectors = (int)((columns + WIDTH - 1) / WIDTH);
    for (long from = 0; from < depth; from += DEPTH) {
        long to = from + DEPTH < depth ? from + DEPTH : depth;
        pack(type, b, row_bytes, layout, from, to, column, columns, panel);
        enum result now = from == 0 ? result : ADD;
        const uint16_t *part = a + from;
        long pairs = (to - from + 1) / 2;
        switch (vectors) { /* as many sums as registers hold beside the operands */
            case 1: all_tiles(12, 1, part, a_stride, rows, panel, pairs, columns, scale, now, c, c_stride); break;
            case 2: all_tiles(12, 2, part, a_stride, rows, panel, pairs, columns, scale, now, c, c_stride); break;
            case 3: all_tiles(8, 3, part, a_stride, rows, panel, pairs, columns, scale, now, c, c_stride); break;
            default: all_tiles(6, 4, part, a_stride, rows, panel, pairs, columns, scale, now, c, c_stride); break;
        }
    }
}

/* c points at C's row of a's first and at C's given column. */
EXPORT AVX512 void apprentice_gemm_bf16(
        int type, const uint16_t *a, long a_stride, long rows, long depth, const uint8_t *b, long row_bytes, int layout,
        long column, long columns, float scale, int result, float *c, long c_stride) {
    switch (type) {
        case Q4_0: product(Q4_0, a, a_stride, rows, depth, b, row_bytes, layout, column, columns, scale, result, c, c_stride); break;
        case Q8_0: product(Q8_0, a, a_stride, rows, depth, b, row_bytes, layout, column, columns, scale, result, c, c_stride); break;
        case F32_AS_BF16: product(F32_AS_BF16, a, a_stride, rows, depth, b, row_bytes, layout, column, columns, scale, result, c, c_stride); break;
        default: product(BF16, a, a_stride, rows, depth, b, row_bytes, layout, column, columns, scale, result, c, c_stride); break;
    }
}
