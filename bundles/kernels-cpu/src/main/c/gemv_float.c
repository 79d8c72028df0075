#include "masked_rows.h"

/*
 * y (tokens, rows) = or += scale · x Wᵀ for a few tokens in float arithmetic: W (rows, columns) in F32 or BF16, x (tokens, columns).
 * Four rows share what is read of x; the weights of one call fit the caches, so that further tokens find them there. The rows after
 * them are asked for ahead.
 */
INLINE __m512 load(const enum type type, const uint8_t *row, long i, __mmask16 present) {
    if (type == F32) {
        return _mm512_maskz_loadu_ps(present, (const float *)row + i);
    }
    __m256i halves = _mm256_maskz_loadu_epi16(present, (const uint16_t *)row + i);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

/* Rows that begin at w[r], those at ahead[r] being next; two partial sums for each, so that one addition need not wait for the one before. */
INLINE void some_rows(
        const enum type type, const int rows, const uint8_t *const w[4], const uint8_t *const ahead[4], long columns,
        const float *x, float scale, enum result result, float *y) {
    const int size = type == F32 ? 4 : 2;
    __m512 even[4], odd[4];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        even[r] = odd[r] = _mm512_setzero_ps();
    }
    for (long i = 0; i < columns; i += 32) {
        __mmask16 first = first16(columns - i), second = first16(columns - i > 16 ? columns - i - 16 : 0);
        __m512 x0 = _mm512_maskz_loadu_ps(first, x + i), x1 = _mm512_maskz_loadu_ps(second, x + i + 16);
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
            for (int line = 0; line < 32 * size; line += 64) {
                _mm_prefetch((const char *)(ahead[r] + i * size + line), _MM_HINT_T0);
            }
            even[r] = _mm512_fmadd_ps(load(type, w[r], i, first), x0, even[r]);
            odd[r] = _mm512_fmadd_ps(load(type, w[r], i + 16, second), x1, odd[r]);
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        y[r] = (result == ADD ? y[r] : 0) + scale * _mm512_reduce_add_ps(_mm512_add_ps(even[r], odd[r]));
    }
}

/* Rows one after the other. */
INLINE void next_rows(
        const enum type type, const int rows, const uint8_t *w, long row_bytes, long columns, const float *x, float scale,
        enum result result, float *y) {
    const uint8_t *at[4], *ahead[4];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        at[r] = w + r * row_bytes;
        ahead[r] = at[r] + rows * row_bytes;
    }
    some_rows(type, rows, at, ahead, columns, x, scale, result, y);
}

INLINE void all_rows(
        const enum type type, const uint8_t *w, long rows, long columns, const float *x, int tokens, float scale,
        enum result result, float *y, long y_stride) {
    long row_bytes = columns * (type == F32 ? 4 : 2);
    long row = 0;
    for (; row + 4 <= rows; row += 4) {
        for (int t = 0; t < tokens; t++) {
            next_rows(type, 4, w + row * row_bytes, row_bytes, columns, x + t * columns, scale, result, y + t * y_stride + row);
        }
    }
    for (; row < rows; row++) {
        for (int t = 0; t < tokens; t++) {
            next_rows(type, 1, w + row * row_bytes, row_bytes, columns, x + t * columns, scale, result, y + t * y_stride + row);
        }
    }
}

/* y = x Wᵀ of one token where mask is not 0, and 0 elsewhere: the weights of those rows are not read. */
INLINE void rows_where(
        const enum type type, const uint8_t *w, long rows, long columns, const float *x, const float *mask, float *y) {
    long row_bytes = columns * (type == F32 ? 4 : 2);
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
            some_rows(type, 4, at, ahead, columns, x, 1, REPLACE, sums);
#pragma GCC unroll 4
            for (int r = 0; r < 4; r++) {
                y[kept[i + r]] = sums[r];
            }
        }
    }
}

EXPORT AVX512 void apprentice_gemv_f32(
        const uint8_t *w, long rows, long columns, const float *x, int tokens, float scale, int result, float *y, long y_stride) {
    all_rows(F32, w, rows, columns, x, tokens, scale, result, y, y_stride);
}

EXPORT AVX512 void apprentice_gemv_bf16(
        const uint8_t *w, long rows, long columns, const float *x, int tokens, float scale, int result, float *y, long y_stride) {
    all_rows(BF16, w, rows, columns, x, tokens, scale, result, y, y_stride);
}

EXPORT AVX512 void apprentice_gemv_where_f32(
        const uint8_t *w, long rows, long columns, const float *x, const float *mask, float *y) {
    rows_where(F32, w, rows, columns, x, mask, y);
}

EXPORT AVX512 void apprentice_gemv_where_bf16(
        const uint8_t *w, long rows, long columns, const float *x, const float *mask, float *y) {
    rows_where(BF16, w, rows, columns, x, mask, y);
}
