#include "panel_bf16.h"

/*
 * What gemm_bf16.c computes, with the tiles of AMX: tdpbf16ps adds the product of a tile of A (16 rows, 32 deep) and one of B (32 deep, 16
 * columns) to a tile of C, in float. Two by two tiles of C at a time: then four loads feed four products.
 */
#define AMX __attribute__((target(AVX512_FEATURES ",amx-tile,amx-bf16")))
#define AMX_INLINE static inline __attribute__((always_inline)) AMX

/* Tiles are read from the second cache as fast as they are multiplied, so that C is added to once where other kernels take two panels. */
enum { TILE = 16, TILE_DEPTH = 32, DEPTH = 512 };

/* Tiles 0 and 1 are C's upper, 2 and 3 its lower rows, 4 and 5 the same rows of A, 6 and 7 columns of B. */
struct tile_shapes {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
};

/* For so many rows of C above and below, and so many pairs along the depth at a time. */
AMX_INLINE void configure(int upper, int lower, int pairs) {
    struct tile_shapes shapes;
    memset(&shapes, 0, sizeof shapes);
    shapes.palette = 1;
    const int rows[] = {upper, upper, lower, lower, upper, lower, pairs, pairs};
    for (int i = 0; i < 8; i++) {
        int bytes = i == 4 || i == 5 ? 4 * pairs : 64;
        shapes.rows[i] = (uint8_t)rows[i];
        shapes.row_bytes[i] = (uint16_t)(rows[i] == 0 ? 0 : bytes);
    }
    _tile_loadconfig(&shapes);
}

/* C (rows, columns) = or += scale · sums, for columns of one or two tiles. */
AMX_INLINE void add_sums(
        const float *sums, int rows, long columns, float scale, enum result result, float *c, long c_stride) {
    __m512 factor = _mm512_set1_ps(scale);
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v * WIDTH < columns; v++) {
            float *target = c + r * c_stride + v * WIDTH;
            __mmask16 there = first16(columns - v * WIDTH);
            __m512 old = result == ADD ? _mm512_maskz_loadu_ps(there, target) : _mm512_setzero_ps();
            __m512 sum = _mm512_load_ps(sums + (r * 2 + v) * WIDTH);
            _mm512_mask_storeu_ps(target, there, _mm512_fmadd_ps(sum, factor, old));
        }
    }
}

/* Up to two by two tiles of C. The tiles are configured for its rows and for the pairs of a step. */
AMX_INLINE void tiles(
        const int lower, const int right, const uint16_t *a, long a_stride, const uint32_t *panel, int vectors, int steps,
        float *sums) {
    _tile_zero(0);
    if (right) _tile_zero(1);
    if (lower) _tile_zero(2);
    if (lower && right) _tile_zero(3);
    for (int k = 0; k < steps; k++) {
        const uint32_t *b = panel + (long)k * TILE * vectors * WIDTH;
        _tile_loadd(4, a + k * TILE_DEPTH, 2 * a_stride);
        _tile_loadd(6, b, 4 * vectors * WIDTH);
        _tile_dpbf16ps(0, 4, 6);
        if (right) {
            _tile_loadd(7, b + WIDTH, 4 * vectors * WIDTH);
            _tile_dpbf16ps(1, 4, 7);
        }
        if (lower) {
            _tile_loadd(5, a + TILE * a_stride + k * TILE_DEPTH, 2 * a_stride);
            _tile_dpbf16ps(2, 5, 6);
        }
        if (lower && right) _tile_dpbf16ps(3, 5, 7);
    }
    const int stride = 2 * WIDTH * sizeof(float);
    _tile_stored(0, sums, stride);
    if (right) _tile_stored(1, sums + WIDTH, stride);
    if (lower) _tile_stored(2, sums + TILE * 2 * WIDTH, stride);
    if (lower && right) _tile_stored(3, sums + TILE * 2 * WIDTH + WIDTH, stride);
}

/* All of C that a panel adds to, in steps of so many pairs along the depth. */
AMX_INLINE void all_tiles(
        const uint16_t *a, long a_stride, long rows, const uint32_t *panel, int pairs, int steps, long columns, float scale,
        enum result result, float *c, long c_stride) {
    float sums[2 * TILE * 2 * WIDTH] __attribute__((aligned(64)));
    int vectors = (int)((columns + WIDTH - 1) / WIDTH);
    int configured = 0;
    for (long r = 0; r < rows; r += 2 * TILE) {
        int present = (int)(rows - r < 2 * TILE ? rows - r : 2 * TILE);
        if (present != configured) {
            configure(present < TILE ? present : TILE, present < TILE ? 0 : present - TILE, pairs);
            configured = present;
        }
        const uint16_t *part = a + r * a_stride;
        for (int v = 0; v < vectors; v += 2) {
            const uint32_t *b = panel + v * WIDTH;
            int right = v + 1 < vectors;
            if (present > TILE && right) {
                tiles(1, 1, part, a_stride, b, vectors, steps, sums);
            } else if (present > TILE) {
                tiles(1, 0, part, a_stride, b, vectors, steps, sums);
            } else if (right) {
                tiles(0, 1, part, a_stride, b, vectors, steps, sums);
            } else {
                tiles(0, 0, part, a_stride, b, vectors, steps, sums);
            }
            long left = columns - v * WIDTH;
            add_sums(sums, present, left < 2 * WIDTH ? left : 2 * WIDTH, scale, result, c + r * c_stride + v * WIDTH, c_stride);
        }
    }
}

AMX_INLINE void product(
        const enum type type, const uint16_t *a, long a_stride, long rows, long depth, const uint8_t *b, long row_bytes,
        enum layout layout, long column, long columns, float scale, enum result result, float *c, long c_stride) {
    uint32_t panel[DEPTH / 2 * COLUMNS] __attribute__((aligned(64)));
    int vectors = (int)((columns + WIDTH - 1) / WIDTH);
    for (long from = 0; from < depth; from += DEPTH) {
        long to = from + DEPTH < depth ? from + DEPTH : depth;
        pack(type, b, row_bytes, layout, from, to, column, columns, panel);
        __asm__ volatile("" ::: "memory"); /* the compiler does not know that tile loads read the panel */
        enum result now = from == 0 ? result : ADD;
        int steps = (int)((to - from) / TILE_DEPTH);
        long whole = (long)steps * TILE_DEPTH;
        int pairs = (int)((to - from - whole + 1) / 2);
        if (steps > 0) {
            all_tiles(a + from, a_stride, rows, panel, TILE, steps, columns, scale, now, c, c_stride);
            now = ADD;
        }
        if (pairs > 0) {
            const uint32_t *rest = panel + whole / 2 * vectors * WIDTH;
            all_tiles(a + from + whole, a_stride, rows, rest, pairs, 1, columns, scale, now, c, c_stride);
        }
    }
    _tile_release();
}

/* c points at C's row of a's first and at C's given column. */
EXPORT AMX void apprentice_gemm_amx(
        int type, const uint16_t *a, long a_stride, long rows, long depth, const uint8_t *b, long row_bytes, int layout,
        long column, long columns, float scale, int result, float *c, long c_stride) {
    switch (type) {
        case Q4_0: product(Q4_0, a, a_stride, rows, depth, b, row_bytes, layout, column, columns, scale, result, c, c_stride); break;
        case Q8_0: product(Q8_0, a, a_stride, rows, depth, b, row_bytes, layout, column, columns, scale, result, c, c_stride); break;
        case F32_AS_BF16: product(F32_AS_BF16, a, a_stride, rows, depth, b, row_bytes, layout, column, columns, scale, result, c, c_stride); break;
        default: product(BF16, a, a_stride, rows, depth, b, row_bytes, layout, column, columns, scale, result, c, c_stride); break;
    }
}
