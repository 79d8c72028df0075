#include "rounding.h"

/* x (columns) as out (columns / 128, rounded up); columns is a multiple of 32, missing blocks become zeros. */
EXPORT AVX512 void apprentice_quantize(const float *x, long columns, int bias, struct activations *out) {
    const __m512i biases = _mm512_set1_epi8((char)bias);
    for (long from = 0; from < columns; from += GROUP, out++) {
        for (int block = 0; block < BLOCKS; block++) {
            const float *in = x + from + block * BLOCK;
            __mmask16 there = from + block * BLOCK < columns ? 0xFFFF : 0;
            __m512 low = _mm512_maskz_loadu_ps(there, in);
            __m512 high = _mm512_maskz_loadu_ps(there, in + 16);
            float scale = scale_of(low, high);
            float inverse = scale > 0 ? 1 / scale : 0;
            _mm_storeu_si128((__m128i *)(out->low + 16 * block), rounded(low, inverse));
            _mm_storeu_si128((__m128i *)(out->high + 16 * block), rounded(high, inverse));
            _mm_storeu_ps(out->scale + 4 * block, _mm_set1_ps(scale));
        }
        __m512i sums = _mm512_dpbusd_epi32(_mm512_setzero_si512(), biases, _mm512_loadu_si512(out->low));
        sums = _mm512_dpbusd_epi32(sums, biases, _mm512_loadu_si512(out->high));
        _mm512_storeu_si512(out->offset, _mm512_sub_epi32(_mm512_setzero_si512(), sums));
    }
}
