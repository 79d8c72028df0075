#pragma once
#include "kernels.h"

/*
 * 64 activations as 8-bit integers: x[i] = scale[i/4] · q[i], where each block of 32 has one scale, so that the largest becomes
 * ±127. Weights come as unsigned bytes w + bias, therefore a product of integers starts from
 * offset[i] = -bias · (q[4i] + q[4i+1] + q[4i+2] + q[4i+3]).
 */
struct activations {
    int8_t q[64];
    int32_t offset[16];
    float scale[16];
};
