#pragma once
#include "transpose.h"
#include "unpack.h"

/*
 * The right operand B (depth, columns) of a BF16 product as the micro-kernels read it: a panel of up to DEPTH rows and 64 columns, unpacked
 * from a weight of any type, that stays in the nearest caches while all rows of A pass by. A panel (depth / 2, vectors · 16) holds
 * pairs along the depth, which is what vdpbf16ps and tdpbf16ps multiply at a time.
 */
enum { COLUMNS = 64, WIDTH = 16 };

/* B's columns are rows of the weight, whose pairs lie together. */
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

/* B lies as the formula has it: two rows of the weight are woven together. */
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

/* Rows from … to of B; what is missing to 16 columns, or to a pair, is 0. */
INLINE void pack(
        const enum type type, const uint8_t *b, long row_bytes, enum layout layout, long from, long to, long column, long columns,
        uint32_t *panel) {
    int vectors = (int)((columns + WIDTH - 1) / WIDTH);
    if (layout == TRANSPOSED) {
        pack_transposed(type, b, row_bytes, from, to, column, columns, vectors, panel);
    } else {
        pack_plain(type, b, row_bytes, from, to, column, columns, vectors, panel);
    }
}
