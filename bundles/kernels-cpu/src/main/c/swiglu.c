#include "exponential.h"

/* out = silu(gate) ⊙ up with silu(g) = g / (1 + e^-g), arXiv 2002.05202, and its gradients; all (count). */

INLINE __m512 sigmoid(__m512 g) {
    const __m512 one = _mm512_set1_ps(1);
    return _mm512_div_ps(one, _mm512_add_ps(one, exponential(_mm512_sub_ps(_mm512_setzero_ps(), g))));
}

EXPORT AVX512 void apprentice_swiglu(const float *gate, const float *up, float *out, long count) {
    for (long i = 0; i < count; i += 16) {
        __mmask16 there = first16(count - i);
        __m512 g = _mm512_maskz_loadu_ps(there, gate + i);
        __m512 silu = _mm512_mul_ps(g, sigmoid(g));
        _mm512_mask_storeu_ps(out + i, there, _mm512_mul_ps(silu, _mm512_maskz_loadu_ps(there, up + i)));
    }
}

/* gate = 0 where |silu(gate)| < threshold (CATS, arXiv 2404.08763). */
EXPORT AVX512 void apprentice_drop_below(float threshold, float *gate, long count) {
    for (long i = 0; i < count; i += 16) {
        __mmask16 there = first16(count - i);
        __m512 g = _mm512_maskz_loadu_ps(there, gate + i);
        __m512 size = _mm512_abs_ps(_mm512_mul_ps(g, sigmoid(g)));
        __mmask16 stays = _mm512_cmp_ps_mask(size, _mm512_set1_ps(threshold), _CMP_NLT_UQ); /* NaN stays */
        _mm512_mask_storeu_ps(gate + i, there, _mm512_maskz_mov_ps(stays, g));
    }
}

/* silu' = s + silu · (1 - s) with s the sigmoid. */
EXPORT AVX512 void apprentice_swiglu_backward(
        const float *gate, const float *up, const float *d_out, float *d_gate, float *d_up, long count) {
    for (long i = 0; i < count; i += 16) {
        __mmask16 there = first16(count - i);
        __m512 g = _mm512_maskz_loadu_ps(there, gate + i), d = _mm512_maskz_loadu_ps(there, d_out + i);
        __m512 s = sigmoid(g), silu = _mm512_mul_ps(g, s);
        __m512 slope = _mm512_add_ps(s, _mm512_fnmadd_ps(silu, s, silu));
        __m512 through_up = _mm512_mul_ps(d, _mm512_maskz_loadu_ps(there, up + i));
        _mm512_mask_storeu_ps(d_gate + i, there, _mm512_mul_ps(through_up, slope));
        _mm512_mask_storeu_ps(d_up + i, there, _mm512_mul_ps(d, silu));
    }
}
