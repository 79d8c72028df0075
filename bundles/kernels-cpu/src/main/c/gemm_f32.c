#include "transpose.h"
#include "unpack.h"

/*
 * C (rows, columns) = or += scale · A B for up to 64 columns in float arithmetic, as gemm_bf16.c does in BF16: for weights in F32, for
 * adapters and for the gradients of both. A (rows, depth); B (depth, columns) is F32.
 */
enum { DEPTH = 128, COLUMNS = 64, WIDTH = 16 };

/* panel (depth, vectors · 16): B's columns are rows in memory. */
INLINE void pack_transposed(
        const uint8_t *b, long row_bytes, long from, long to, long column, long columns, int vectors, float *panel) {
    for (int v = 0; v < vectors; v++) {
        for (long k = from; k < to; k += 16) {
            __m512i tile[16];
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) {
                long row = v * WIDTH + i;
                tile[i] = row < columns ? unpack_f32(b + (column + row) * row_bytes, k, to) : _mm512_setzero_si512();
            }
            transpose16(tile);
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) {
                _mm512_store_si512(panel + (k - from + i) * vectors * WIDTH + v * WIDTH, tile[i]);
            }
        }
    }
}

INLINE void pack_plain(
        const uint8_t *b, long row_bytes, long from, long to, long column, long columns, int vectors, float *panel) {
    for (long k = from; k < to; k++) {
        for (int v = 0; v < vectors; v++) {
            __m512i row = unpack_f32(b + k * row_bytes, column + v * WIDTH, column + columns);
            _mm512_store_si512(panel + ((k - from) * vectors + v) * WIDTH, row);
        }
    }
}

/* Some rows of C: a (rows, depth) times panel. Rows that are not there repeat the last and are not stored. */
INLINE void tile(
        const int rows, const int vectors, const float *a, long a_stride, int present, const float *panel, long depth,
        long columns, float scale, enum result result, float *c, long c_stride) {
    __m512 sum[12][4];
    const float *row[12];
#pragma GCC unroll 12
    for (int r = 0; r < rows; r++) {
        row[r] = a + (r < present ? r : present - 1) * a_stride;
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            sum[r][v] = _mm512_setzero_ps();
        }
    }
    for (long k = 0; k < depth; k++) {
        __m512 b[4];
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            b[v] = _mm512_load_ps(panel + (k * vectors + v) * WIDTH);
        }
#pragma GCC unroll 12
        for (int r = 0; r < rows; r++) {
            __m512 left = _mm512_set1_ps(row[r][k]);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) {
                sum[r][v] = _mm512_fmadd_ps(left, b[v], sum[r][v]);
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
        const int step, const int vectors, const float *a, long a_stride, long rows, const float *panel, long depth,
        long columns, float scale, enum result result, float *c, long c_stride) {
    for (long r = 0; r < rows; r += step) {
        int present = (int)(rows - r < step ? rows - r : step);
        tile(step, vectors, a + r * a_stride, a_stride, present, panel, depth, columns, scale, result, c + r * c_stride, c_stride);
    }
}

/* c points at C's row of a's first and at C's given column. */
EXPORT AVX512 void apprentice_gemm_f32(
        const float *a, long a_stride, long rows, long depth, const uint8_t *b, long row_bytes, int layout, long column,
        long columns, float scale, int result, float *c, long c_stride) {
    float panel[DEPTH * COLUMNS] __attribute__((aligned(64)));
    int vectors = (int)((columns + WIDTH - 1) / WIDTH);
    for (long from = 0; from < depth; from += DEPTH) {
        long to = from + DEPTH < depth ? from + DEPTH : depth;
        if (layout == TRANSPOSED) {
            pack_transposed(b, row_bytes, from, to, column, columns, vectors, panel);
        } else {
            pack_plain(b, row_bytes, from, to, column, columns, vectors, panel);
        }
        enum result now = from == 0 ? (enum result)result : ADD;
        const float *part = a + from;
        switch (vectors) { /* as many sums as registers hold beside the operands */
            case 1: all_tiles(12, 1, part, a_stride, rows, panel, to - from, columns, scale, now, c, c_stride); break;
            case 2: all_tiles(12, 2, part, a_stride, rows, panel, to - from, columns, scale, now, c, c_stride); break;
            case 3: all_tiles(8, 3, part, a_stride, rows, panel, to - from, columns, scale, now, c, c_stride); break;
            default: all_tiles(6, 4, part, a_stride, rows, panel, to - from, columns, scale, now, c, c_stride); break;
        }
    }
}
