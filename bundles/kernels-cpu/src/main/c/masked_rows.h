#pragma once
#include "kernels.h"

/* Rows of a product that are wanted, listed for a piece of them at a time. */
enum { ROWS_LISTED = 256 };

/*
 * Lists base + i for each of the first count elements of mask that is not 0, and clears y (count). The last is repeated after the end, so
 * that whoever takes four at a time and asks for four ahead finds rows that are there.
 *
 * kept has room for ROWS_LISTED + 16.
 */
INLINE int list_rows(const float *mask, long count, long base, float *y, int32_t *kept) {
    const __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    int found = 0;
    for (long i = 0; i < count; i += 16) {
        __mmask16 there = first16(count - i);
        __m512 m = _mm512_maskz_loadu_ps(there, mask + i);
        __mmask16 wanted = _mm512_cmp_ps_mask(m, _mm512_setzero_ps(), _CMP_NEQ_UQ); /* NaN too: it must show */
        __m512i rows = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)(base + i)));
        _mm512_storeu_si512(kept + found, _mm512_maskz_compress_epi32(wanted, rows));
        _mm512_mask_storeu_ps(y + i, there, _mm512_setzero_ps());
        found += __builtin_popcount(wanted);
    }
    if (found > 0) {
        _mm512_storeu_si512(kept + found, _mm512_set1_epi32(kept[found - 1]));
    }
    return found;
}
