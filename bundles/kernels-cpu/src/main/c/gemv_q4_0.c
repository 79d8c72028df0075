#include "gemv_rows.h"

/* The scales of four blocks, all of them within the first 64 bytes: one shuffle, quicker than four loads. */
INLINE __m512 scales(const uint8_t *p) {
    const __m256i lane = _mm256_set_epi16(27, 27, 27, 27, 18, 18, 18, 18, 9, 9, 9, 9, 0, 0, 0, 0);
    __m512i halves = _mm512_permutexvar_epi16(_mm512_castsi256_si512(lane), _mm512_loadu_si512(p));
    return _mm512_cvtph_ps(_mm512_castsi512_si256(halves));
}

/* Blocks of 18 bytes: a float16 scale, then 16 bytes with elements 0…15 in the lower nibbles, 16…31 in the upper; w = q - 8. */
INLINE struct group load(const uint8_t *p, int blocks) {
    enum { B = Q4_0_BYTES };
    /* a missing block repeats one that is there: its activations are zero */
    long b1 = blocks > 1 ? B : 0, b2 = blocks > 2 ? 2 * B : 0, b3 = blocks > 3 ? 3 * B : 0;
    __m512i pairs = gather16(p + 2, p + b1 + 2, p + b2 + 2, p + b3 + 2);
    const __m512i nibble = _mm512_set1_epi8(15);
    struct group group;
    group.low = _mm512_and_si512(pairs, nibble);
    group.high = _mm512_and_si512(_mm512_srli_epi16(pairs, 4), nibble);
    group.scale = blocks == BLOCKS ? scales(p) : spread(half_at(p), half_at(p + b1), half_at(p + b2), half_at(p + b3));
    return group;
}

EXPORT AVX512 void apprentice_gemv_q4_0(
        const uint8_t *w, long rows, long columns, const struct activations *x, int tokens, float scale, int result,
        float *y, long y_stride) {
    gemv(Q4_0_BYTES, w, rows, columns, x, tokens, scale, result, y, y_stride);
}

EXPORT AVX512 void apprentice_gemv_where_q4_0(
        const uint8_t *w, long rows, long columns, const struct activations *x, const float *mask, float *y) {
    gemv_where(Q4_0_BYTES, w, rows, columns, x, mask, y);
}
