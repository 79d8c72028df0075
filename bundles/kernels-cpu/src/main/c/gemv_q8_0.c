#include "gemv_rows.h"

/* Blocks of 34 bytes: a float16 scale, then 32 signed bytes; 128 makes them unsigned. */
INLINE struct group load(const uint8_t *p, int blocks) {
    enum { B = Q8_0_BYTES };
    /* a missing block repeats one that is there: its activations are zero */
    long b1 = blocks > 1 ? B : 0, b2 = blocks > 2 ? 2 * B : 0, b3 = blocks > 3 ? 3 * B : 0;
    const __m512i sign = _mm512_set1_epi8((char)0x80);
    struct group group;
    group.low = _mm512_xor_si512(gather16(p + 2, p + b1 + 2, p + b2 + 2, p + b3 + 2), sign);
    group.high = _mm512_xor_si512(gather16(p + 18, p + b1 + 18, p + b2 + 18, p + b3 + 18), sign);
    group.scale = spread(half_at(p), half_at(p + b1), half_at(p + b2), half_at(p + b3));
    return group;
}

EXPORT AVX512 void apprentice_gemv_q8_0(
        const uint8_t *w, long rows, long columns, const struct activations *x, int tokens, float scale, int result,
        float *y, long y_stride) {
    gemv(Q8_0_BYTES, w, rows, columns, x, tokens, scale, result, y, y_stride);
}

EXPORT AVX512 void apprentice_gemv_where_q8_0(
        const uint8_t *w, long rows, long columns, const struct activations *x, const float *mask, float *y) {
    gemv_where(Q8_0_BYTES, w, rows, columns, x, mask, y);
}
