#include "kernels.h"
#include "transpose.h"

/*
 * The left operand A (rows, depth) of a product as its micro-kernel reads it: each row in one piece, rows a stride apart that is no
 * multiple of a page, so that they do not compete for the same lines of the cache.
 */

/* Rounds to BF16; an odd depth gets one zero more, since depth goes by pairs. */
EXPORT AVX512 void apprentice_left_bf16(const float *a, long a_stride, long rows, long depth, uint16_t *out, long out_stride) {
    for (long r = 0; r < rows; r++) {
        for (long k = 0; k < depth; k += 32) {
            const float *in = a + r * a_stride + k;
            long left = depth - k;
            __m512 low = _mm512_maskz_loadu_ps(first16(left), in);
            __m512 high = _mm512_maskz_loadu_ps(first16(left > 16 ? left - 16 : 0), in + 16);
            __m512i halves = (__m512i)_mm512_cvtne2ps_pbh(high, low);
            _mm512_mask_storeu_epi16(out + r * out_stride + k, first32(left + (left & 1)), halves);
        }
    }
}

/* Rounds to BF16 what is given as its transpose (depth, all rows); a points at the first row wanted. */
EXPORT AVX512 void apprentice_left_bf16_transposed(
        const float *a, long a_stride, long rows, long depth, uint16_t *out, long out_stride) {
    const __m512i weave = _mm512_set_epi16(
            31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8,
            23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    for (long k = 0; k < depth; k += 32) {
        long left = depth - k;
        for (long r = 0; r < rows; r += 16) { /* inside, so that the rows of the transpose are read on and on */
            __mmask16 in = first16(rows - r);
            __m512i tile[16]; /* pairs along the depth, of 16 rows each */
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) {
                const float *pair = a + (k + 2 * i) * a_stride + r;
                __m512 even = 2 * i < left ? _mm512_maskz_loadu_ps(in, pair) : _mm512_setzero_ps();
                __m512 odd = 2 * i + 1 < left ? _mm512_maskz_loadu_ps(in, pair + a_stride) : _mm512_setzero_ps();
                tile[i] = _mm512_permutexvar_epi16(weave, (__m512i)_mm512_cvtne2ps_pbh(odd, even));
            }
            transpose16(tile);
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) {
                if (r + i < rows) {
                    _mm512_mask_storeu_epi16(out + (r + i) * out_stride + k, first32(left + (left & 1)), tile[i]);
                }
            }
        }
    }
}

/* A is given as its transpose (depth, all rows); a points at the first row wanted. */
EXPORT AVX512 void apprentice_left_f32_transposed(const float *a, long a_stride, long rows, long depth, float *out, long out_stride) {
    for (long r = 0; r < rows; r += 16) {
        __mmask16 in = first16(rows - r);
        for (long k = 0; k < depth; k += 16) {
            __m512i tile[16];
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) {
                tile[i] = k + i < depth ? _mm512_maskz_loadu_epi32(in, a + (k + i) * a_stride + r) : _mm512_setzero_si512();
            }
            transpose16(tile);
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) {
                if (r + i < rows) {
                    _mm512_mask_storeu_epi32(out + (r + i) * out_stride + k, first16(depth - k), tile[i]);
                }
            }
        }
    }
}
