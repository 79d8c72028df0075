#pragma once
#include "kernels.h"

/*
 * 128 activations, four blocks of 32, as 8-bit integers: x = scale · q, one scale for each block, so that its largest becomes ±127.
 * The first halves of the blocks lie together, and so do the second, as the nibbles of Q4_0 do. Four integers make one sum of 32
 * bits: lane i belongs to block i / 4.
 *
 * Weights come as unsigned bytes w + bias, therefore sums start from offset = -bias · (the sum of the lane's eight q).
 */
struct activations {
    int8_t low[64];
    int8_t high[64];
    int32_t offset[16];
    float scale[16];
};

enum { GROUP = 128, BLOCKS = 4 };
