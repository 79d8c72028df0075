#include "softmax.h"
#include <string.h>

/*
 * The softmax of causal attention over scores (rows, width), gapless, and its gradient. Of the keys up to `visible`, and one more with each
 * row, a row sees the last `window`; the weights of the others are 0.
 */

EXPORT AVX512 void apprentice_causal_softmax(float *scores, long rows, long width, long visible, long window) {
    for (long r = 0; r < rows; r++) {
        float *row = scores + r * width;
        long end = visible + r;
        long first = end > window ? end - window : 0;
        __m512 factor = _mm512_set1_ps(1 / weigh(row + first, end - first));
        for (long i = first; i < end; i += 16) {
            __mmask16 seen = first16(end - i);
            _mm512_mask_storeu_ps(row + i, seen, _mm512_mul_ps(_mm512_maskz_loadu_ps(seen, row + i), factor));
        }
        memset(row, 0, (size_t)first * sizeof *row);
        memset(row + end, 0, (size_t)(width - end) * sizeof *row);
    }
}

/* d_weights becomes the gradient of the scores: w * (dw - sum w * dw) * scale. */
EXPORT AVX512 void apprentice_softmax_backward(const float *weights, float *d_weights, long rows, long width, float scale) {
    for (long r = 0; r < rows; r++) {
        const float *w = weights + r * width;
        float *dw = d_weights + r * width;
        __m512 sum = _mm512_setzero_ps();
        for (long i = 0; i < width; i += 16) {
            __mmask16 there = first16(width - i);
            sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(there, w + i), _mm512_maskz_loadu_ps(there, dw + i), sum);
        }
        __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(sum));
        for (long i = 0; i < width; i += 16) {
            __mmask16 there = first16(width - i);
            __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(there, w + i), _mm512_set1_ps(scale));
            __m512 centred = _mm512_sub_ps(_mm512_maskz_loadu_ps(there, dw + i), mean);
            _mm512_mask_storeu_ps(dw + i, there, _mm512_mul_ps(scaled, centred));
        }
    }
}
