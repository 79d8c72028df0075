#include "rounding.h"
#include <string.h>

/*
 * y = x Wᵀ of one token, the weight being Q4_0 and stored by its inputs, so that of an input that is 0 nothing is read. The layout is
 * that of dev.apprentice.compute.InputMajorMatrix: 128 outputs after 128 outputs, of these 32 inputs after 32 inputs (a panel): 128
 * float16 scales, then for each input a line of 64 bytes, byte b holding outputs b (lower nibble) and b + 64.
 *
 * Activations are rounded as for rows of Q4_0, block by block of 32, so that the same integers are multiplied.
 */
enum { OUTPUTS = 128, LINE = 64, SCALES = 2 * OUTPUTS, PANEL = SCALES + BLOCK * LINE, PANELS_AHEAD = 2 };

/* Those of 32 activations that are not rounded to 0: x[input[i]] = scale · value[i]; after the last, a few of value 0. */
struct active { /* of 27 floats */
    int32_t count;
    int32_t offset; /* -8 · the sum of all values, as nibbles are w + 8 */
    float scale;
    uint8_t input[BLOCK + 16];
    int8_t value[BLOCK + 16];
};

/* x (columns, a multiple of 32) as out (columns / 32 + PANELS_AHEAD), the last of which are empty. */
EXPORT AVX512 void apprentice_list_active(const float *x, long columns, struct active *out) {
    const __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    for (long from = 0; from < columns; from += BLOCK, out++) {
        __m512 low = _mm512_loadu_ps(x + from), high = _mm512_loadu_ps(x + from + 16);
        out->scale = scale_of(low, high);
        float inverse = out->scale > 0 ? 1 / out->scale : 0;
        int count = 0, sum = 0;
        for (int half = 0; half < 2; half++) {
            __m512i value = _mm512_cvtepi8_epi32(rounded(half == 0 ? low : high, inverse));
            __mmask16 there = _mm512_test_epi32_mask(value, value);
            __m512i input = _mm512_add_epi32(lanes, _mm512_set1_epi32(16 * half));
            _mm_storeu_si128((__m128i *)(out->input + count), _mm512_cvtepi32_epi8(_mm512_maskz_compress_epi32(there, input)));
            _mm_storeu_si128((__m128i *)(out->value + count), _mm512_cvtepi32_epi8(_mm512_maskz_compress_epi32(there, value)));
            count += __builtin_popcount(there);
            sum += _mm512_reduce_add_epi32(value);
        }
        out->count = count;
        out->offset = -8 * sum;
        /* whoever takes four at a time meets these */
        _mm_storeu_si128((__m128i *)(out->input + count), _mm_setzero_si128());
        _mm_storeu_si128((__m128i *)(out->value + count), _mm_setzero_si128());
    }
    memset(out, 0, PANELS_AHEAD * sizeof *out);
}

INLINE void ask_for(const uint8_t *panel, const struct active *x) {
    for (int i = 0; i < x->count; i++) {
        _mm_prefetch((const char *)(panel + SCALES + LINE * x->input[i]), _MM_HINT_T0);
    }
    for (int line = 0; x->count > 0 && line < SCALES; line += 64) {
        _mm_prefetch((const char *)(panel + line), _MM_HINT_T0);
    }
}

/*
 * Adds the products of four inputs. Bytes are interleaved so that four inputs of one output lie together, as the instruction wants
 * them; lane 4i + j of dot[k] and dot[4 + k] thereby belongs to outputs 16i + 4k + j and that + 64, and scales are stored in this order.
 */
INLINE void add_four(const uint8_t *lines, const uint8_t *input, const int8_t *value, __m512i dot[8]) {
    __m512i a = _mm512_loadu_si512(lines + LINE * input[0]), b = _mm512_loadu_si512(lines + LINE * input[1]);
    __m512i c = _mm512_loadu_si512(lines + LINE * input[2]), d = _mm512_loadu_si512(lines + LINE * input[3]);
    __m512i ab_low = _mm512_unpacklo_epi8(a, b), ab_high = _mm512_unpackhi_epi8(a, b);
    __m512i cd_low = _mm512_unpacklo_epi8(c, d), cd_high = _mm512_unpackhi_epi8(c, d);
    __m512i pairs[4] = {
        _mm512_unpacklo_epi16(ab_low, cd_low), _mm512_unpackhi_epi16(ab_low, cd_low),
        _mm512_unpacklo_epi16(ab_high, cd_high), _mm512_unpackhi_epi16(ab_high, cd_high)};
    int32_t four;
    memcpy(&four, value, sizeof four);
    const __m512i nibble = _mm512_set1_epi8(15), values = _mm512_set1_epi32(four);
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) {
        dot[k] = _mm512_dpbusd_epi32(dot[k], _mm512_and_si512(pairs[k], nibble), values);
        dot[4 + k] = _mm512_dpbusd_epi32(dot[4 + k], _mm512_and_si512(_mm512_srli_epi16(pairs[k], 4), nibble), values);
    }
}

/* 128 outputs. */
INLINE void outputs(const uint8_t *w, long panels, const struct active *x, float *y) {
    __m512 sum[8];
#pragma GCC unroll 8
    for (int k = 0; k < 8; k++) {
        sum[k] = _mm512_setzero_ps();
    }
    for (long p = 0; p < panels; p++, x++, w += PANEL) {
        ask_for(w + PANELS_AHEAD * PANEL, x + PANELS_AHEAD);
        if (x->count == 0) {
            continue;
        }
        __m512i dot[8];
#pragma GCC unroll 8
        for (int k = 0; k < 8; k++) {
            dot[k] = _mm512_set1_epi32(x->offset);
        }
        for (int i = 0; i < x->count; i += 4) {
            add_four(w + SCALES, x->input + i, x->value + i, dot);
        }
#pragma GCC unroll 8
        for (int k = 0; k < 8; k++) {
            __m512 scale = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(w + 32 * k)));
            sum[k] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot[k]), _mm512_mul_ps(scale, _mm512_set1_ps(x->scale)), sum[k]);
        }
    }
#pragma GCC unroll 8
    for (int k = 0; k < 8; k++) {
        float *to = y + 64 * (k / 4) + 4 * (k % 4);
        _mm_storeu_ps(to, _mm512_castps512_ps128(sum[k]));
        _mm_storeu_ps(to + 16, _mm512_extractf32x4_ps(sum[k], 1));
        _mm_storeu_ps(to + 32, _mm512_extractf32x4_ps(sum[k], 2));
        _mm_storeu_ps(to + 48, _mm512_extractf32x4_ps(sum[k], 3));
    }
}

/* w and y point at the first output wanted, a multiple of 128; columns is the number of inputs. */
EXPORT AVX512 void apprentice_multiply_active_q4_0(
        const uint8_t *w, long rows, long columns, const struct active *x, float *y) {
    long panels = columns / BLOCK;
    for (long from = 0; from < rows; from += OUTPUTS, w += panels * PANEL) {
        float some[OUTPUTS];
        long here = rows - from < OUTPUTS ? rows - from : OUTPUTS;
        outputs(w, panels, x, some);
        memcpy(y + from, some, here * sizeof *y);
    }
}
