// A 64×64 tile of a product of activations with float32 weights, as written or transposed, all in float32: 256 threads, each 4×4.
#pragma once

#include <stdint.h>

constexpr int SIDE = 64;
constexpr int DEPTH = 16;

template <bool TRANSPOSED>
__device__ inline void multiplyExactly(
    const float* weight, int rows, int columns, const float* x, float* y, int n, float scale) {
  __shared__ float activations[DEPTH][SIDE + 4];  // (depth, token)
  __shared__ float weights[DEPTH][SIDE + 4];      // (depth, result column)
  int width = TRANSPOSED ? columns : rows;
  int length = TRANSPOSED ? rows : columns;
  int first = SIDE * blockIdx.x;
  int token = SIDE * blockIdx.y;
  int top = 4 * (threadIdx.x / 16);
  int left = 4 * (threadIdx.x % 16);
  float sums[4][4] = {};
  for (int depth = 0; depth < length; depth += DEPTH) {
    for (int at = threadIdx.x; at < SIDE * DEPTH; at += 256) {
      int k = at % DEPTH;
      int line = at / DEPTH;
      bool inside = token + line < n && depth + k < length;
      activations[k][line] = inside ? x[(int64_t)(token + line) * length + depth + k] : 0;
      // neighbouring threads read neighbouring elements
      if (TRANSPOSED) {
        k = at / SIDE;
        line = at % SIDE;
      }
      inside = first + line < width && depth + k < length;
      int64_t place = TRANSPOSED ? (int64_t)(depth + k) * columns + first + line
                                 : (int64_t)(first + line) * columns + depth + k;
      weights[k][line] = inside ? weight[place] : 0;
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < DEPTH; k++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) sums[i][j] += activations[k][top + i] * weights[k][left + j];
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
#pragma unroll
    for (int j = 0; j < 4; j++) {
      int row = token + top + i;
      int column = first + left + j;
      if (row < n && column < width) y[(int64_t)row * width + column] = scale * sums[i][j];
    }
  }
}
