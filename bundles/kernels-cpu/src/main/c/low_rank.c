#include "kernels.h"

/* The sums of a few vectors of columns of one token, up to 64 of them. */
INLINE void add_columns(
        const int vectors, const uint16_t *b, long b_stride, int rank, long columns, const float *low, float scale, float *y) {
    __m512 sum[4];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
        sum[v] = _mm512_setzero_ps();
    }
    for (int r = 0; r < rank; r++) {
        __m512 factor = _mm512_set1_ps(low[r]);
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            __mmask16 there = first16(columns - v * 16);
            __m256i half = _mm256_maskz_loadu_epi16(there, b + r * b_stride + v * 16);
            __m512 weight = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
            sum[v] = _mm512_fmadd_ps(factor, weight, sum[v]);
        }
    }
    __m512 factor = _mm512_set1_ps(scale);
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
        __mmask16 there = first16(columns - v * 16);
        __m512 old = _mm512_maskz_loadu_ps(there, y + v * 16);
        _mm512_mask_storeu_ps(y + v * 16, there, _mm512_fmadd_ps(sum[v], factor, old));
    }
}

/* y (tokens, columns) += scale · low (tokens, rank) B (rank, columns) for a few tokens; B is BF16, b and y point at the first column. */
EXPORT AVX512 void apprentice_add_low_rank(
        const uint16_t *b, long b_stride, int rank, long columns, const float *low, int tokens, float scale, float *y, long y_stride) {
    for (int token = 0; token < tokens; token++) {
        for (long c = 0; c < columns; c += 64) {
            long left = columns - c;
            const uint16_t *from = b + c;
            const float *factors = low + (long)token * rank;
            float *to = y + token * y_stride + c;
            switch (left >= 64 ? 4 : (int)((left + 15) / 16)) {
                case 1: add_columns(1, from, b_stride, rank, left, factors, scale, to); break;
                case 2: add_columns(2, from, b_stride, rank, left, factors, scale, to); break;
                case 3: add_columns(3, from, b_stride, rank, left, factors, scale, to); break;
                default: add_columns(4, from, b_stride, rank, left, factors, scale, to); break;
            }
        }
    }
}
