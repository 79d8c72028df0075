#pragma once
#include "exponential.h"

/* Turns scores (count) into weights e^(score - largest) and returns their sum. */
INLINE float weigh(float *scores, long count) {
    __m512 largest = _mm512_set1_ps(-__builtin_inff());
    for (long i = 0; i < count; i += 16) {
        largest = _mm512_mask_max_ps(largest, first16(count - i), largest, _mm512_maskz_loadu_ps(first16(count - i), scores + i));
    }
    __m512 most = _mm512_set1_ps(_mm512_reduce_max_ps(largest)), sum = _mm512_setzero_ps();
    for (long i = 0; i < count; i += 16) {
        __mmask16 there = first16(count - i);
        __m512 weight = exponential(_mm512_sub_ps(_mm512_maskz_loadu_ps(there, scores + i), most));
        _mm512_mask_storeu_ps(scores + i, there, weight);
        sum = _mm512_mask_add_ps(sum, there, sum, weight);
    }
    return _mm512_reduce_add_ps(sum);
}
