#include "transpose.h"
#include "unpack.h"

/*
 * C (rows, columns) = or += scale · A B for up to 64 columns, after Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008). A (rows, depth) is BF16 already; B (depth, columns) is a weight of any type, unpacked to BF16 a panel of
 * DEPTH rows at a time, which then stays in the first-level cache while all rows of A pass by. vdpbf16ps multiplies pairs along the
 * depth and adds in float.
 */
enum { DEPTH = 256, COLUMNS = 64, WIDTH = 16 };

/* panel (depth / 2, vectors · 16) of pairs: B's columns are rows of the weight, whose pairs lie together. */
INLINE void pack_transposed(
        const enum type type, const uint8_t *b, long row_bytes, long from, long to, long column, long columns, int vectors,
        uint32_t *panel) {
    for (int v = 0; v < vectors; v++) {
        for (long k = from; k < to; k += 32) {
            __m512i tile[16];
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) {
                long row = v * WIDTH + i;
                tile[i] = row < columns ? unpack_bf16(type, b + (column + row) * row_bytes, k, to) : _mm512_setzero_si512();
            }
            transpose16(tile);
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) {
                _mm512_store_si512(panel + ((k - from) / 2 + i) * vectors * WIDTH + v * WIDTH, tile[i]);
            }
        }
    }
}

/* The same panel where B lies as the formula has it: two rows of the weight are woven together. */
INLINE void pack_plain(
        const enum type type, const uint8_t *b, long row_bytes, long from, long to, long column, long columns, int vectors,
        uint32_t *panel) {
    const __m512i weave = _mm512_set_epi16(
            47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8,
            39, 7, 38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
    const __m512i upper = _mm512_set1_epi16(16);
    for (long k = from; k < to; k += 2) {
        uint32_t *out = panel + (k - from) / 2 * vectors * WIDTH;
        for (int v = 0; v < vectors; v += 2) {
            long i = column + v * WIDTH;
            __m512i even = unpack_bf16(type, b + k * row_bytes, i, column + columns);
            __m512i odd = k + 1 < to ? unpack_bf16(type, b + (k + 1) * row_bytes, i, column + columns) : _mm512_setzero_si512();
            _mm512_store_si512(out + v * WIDTH, _mm512_permutex2var_epi16(even, weave, odd));
            if (v + 1 < vectors) {
                __m512i second = _mm512_add_epi16(weave, upper);
                _mm512_store_si512(out + (v + 1) * WIDTH, _mm512_permutex2var_epi16(even, second, odd));
            }
        }
    }
}

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
        if (layout == TRANSPOSED) {
            pack_transposed(type, b, row_bytes, from, to, column, columns, vectors, panel);
        } else {
            pack_plain(type, b, row_bytes, from, to, column, columns, vectors, panel);
        }
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
        default: product(BF16, a, a_stride, rows, depth, b, row_bytes, layout, column, columns, scale, result, c, c_stride); break;
    }
}
