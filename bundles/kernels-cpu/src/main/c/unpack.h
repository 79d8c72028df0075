#pragma once
#include "kernels.h"
#include <string.h>

/* Consecutive elements of a weight's row as BF16 or F32; lanes beyond what is there become 0. */

INLINE __m512 block_scale(const uint8_t *block) {
    uint16_t bits;
    memcpy(&bits, block, sizeof bits);
    return _mm512_cvtph_ps(_mm256_set1_epi16((short)bits));
}

/* Signed bytes times a scale. */
INLINE __m512i scaled(__m256i q, __m512 d) {
    __m512 low = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_castsi256_si128(q))), d);
    __m512 high = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_extracti128_si256(q, 1))), d);
    return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

/* A nibble of this scale can be 16 numbers only: make those once and look up. */
INLINE __m512i looked_up(__m128i nibbles, __m512 d) {
    const __m512 values = _mm512_set_ps(7, 6, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8);
    __m512i table = _mm512_castsi256_si512((__m256i)_mm512_cvtneps_pbh(_mm512_mul_ps(values, d)));
    __m256i q = _mm256_set_m128i(_mm_srli_epi16(nibbles, 4), nibbles);
    __m512i index = _mm512_cvtepu8_epi16(_mm256_and_si256(q, _mm256_set1_epi8(15)));
    return _mm512_permutexvar_epi16(index, table);
}

/* 32 elements from i on, i a multiple of 32, of a row that has n. */
INLINE __m512i unpack_bf16(const enum type type, const uint8_t *row, long i, long n) {
    switch (type) {
        case Q4_0: {
            const uint8_t *block = row + i / BLOCK * Q4_0_BYTES;
            return looked_up(_mm_loadu_si128((const __m128i *)(block + 2)), block_scale(block));
        }
        case Q8_0: {
            const uint8_t *block = row + i / BLOCK * Q8_0_BYTES;
            return scaled(_mm256_loadu_si256((const __m256i *)(block + 2)), block_scale(block));
        }
        case F32_AS_BF16: {
            const float *in = (const float *)row + i;
            __m512 low = _mm512_maskz_loadu_ps(first16(n - i), in);
            __m512 high = _mm512_maskz_loadu_ps(first16(n - i > 16 ? n - i - 16 : 0), in + 16);
            return (__m512i)_mm512_cvtne2ps_pbh(high, low);
        }
        default:
            return _mm512_maskz_loadu_epi16(first32(n - i), (const uint16_t *)row + i);
    }
}

/* 16 elements from i on of a row that has n. */
INLINE __m512i unpack_f32(const uint8_t *row, long i, long n) {
    return _mm512_maskz_loadu_epi32(first16(n - i), (const float *)row + i);
}
