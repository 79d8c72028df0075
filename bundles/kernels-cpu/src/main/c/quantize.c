#include "activations.h"

/* The scale of 32 floats, NaN if one of them is: a fault in the activations must show in the result. */
INLINE float scale_of(__m512 low, __m512 high) {
    float largest = _mm512_reduce_max_ps(_mm512_max_ps(_mm512_abs_ps(low), _mm512_abs_ps(high)));
    __mmask16 nan = _mm512_cmp_ps_mask(low, low, _CMP_UNORD_Q) | _mm512_cmp_ps_mask(high, high, _CMP_UNORD_Q);
    return nan ? __builtin_nanf("") : largest / 127;
}

INLINE __m128i round16(__m512 x, float inverse) {
    return _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(_mm512_mul_ps(x, _mm512_set1_ps(inverse))));
}

/* x (columns) as out (columns / 64, rounded up); columns is a multiple of 32, a missing last block becomes zeros. */
EXPORT AVX512 void apprentice_quantize(const float *x, long columns, int bias, struct activations *out) {
    for (long from = 0; from < columns; from += 64, out++) {
        for (int half = 0; half < 2; half++) {
            long left = columns - from - half * BLOCK;
            const float *in = x + from + half * BLOCK;
            __m512 low = _mm512_maskz_loadu_ps(first16(left > 0 ? left : 0), in);
            __m512 high = _mm512_maskz_loadu_ps(first16(left > 16 ? left - 16 : 0), in + 16);
            float scale = scale_of(low, high);
            float inverse = scale > 0 ? 1 / scale : 0;
            _mm_storeu_si128((__m128i *)(out->q + half * BLOCK), round16(low, inverse));
            _mm_storeu_si128((__m128i *)(out->q + half * BLOCK + 16), round16(high, inverse));
            _mm256_storeu_ps(out->scale + half * 8, _mm256_set1_ps(scale));
        }
        __m512i sums = _mm512_dpbusd_epi32(
                _mm512_setzero_si512(), _mm512_set1_epi8((char)bias), _mm512_loadu_si512(out->q));
        _mm512_storeu_si512(out->offset, _mm512_sub_epi32(_mm512_setzero_si512(), sums));
    }
}
