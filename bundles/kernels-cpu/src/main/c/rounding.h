#pragma once
#include "activations.h"

/* The scale of 32 floats, NaN if one of them is: a fault in the activations must show in the result. */
INLINE float scale_of(__m512 low, __m512 high) {
    float largest = _mm512_reduce_max_ps(_mm512_max_ps(_mm512_abs_ps(low), _mm512_abs_ps(high)));
    __mmask16 nan = _mm512_cmp_ps_mask(low, low, _CMP_UNORD_Q) | _mm512_cmp_ps_mask(high, high, _CMP_UNORD_Q);
    return nan ? __builtin_nanf("") : largest / 127;
}

INLINE __m128i rounded(__m512 x, float inverse) {
    return _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(_mm512_mul_ps(x, _mm512_set1_ps(inverse))));
}
