// y = scale · x Wᵀ of a few tokens, where reading the weights takes all the time: a warp makes one output of all tokens.
#include "runs.cuh"

__device__ inline float sumOfWarp(float value) {
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) value += __shfl_xor_sync(~0u, value, lanes);
  return value;
}

// Activations rounded to bytes (n, 32·runs) with (step, step · sum) of each run; y (n, rows).
template <typename T, int TOKENS>
__device__ inline void quantised(
    const uint8_t* weight, int rows, int columns, int64_t rowBytes, const int8_t* bytes, const float2* steps, float* y,
    int n, float scale) {
  int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
  int lane = threadIdx.x % 32;
  if (row >= rows) return;
  int runs = columns / 32;
  float sums[TOKENS] = {};
#pragma unroll 2
  for (int index = lane; index < runs; index += 32) {
    Run run = load(T(), weight + row * rowBytes, index);
#pragma unroll
    for (int token = 0; token < TOKENS; token++) {
      if (token < n) {
        int64_t at = (int64_t)token * runs + index;
        const int4* x = reinterpret_cast<const int4*>(bytes + 32 * at);
        int4 first = x[0];
        int4 second = x[1];
        float2 step = steps[at];
        int low = __dp4a(run.quanta[0], first.x, 0);
        low = __dp4a(run.quanta[1], first.y, low);
        low = __dp4a(run.quanta[2], first.z, low);
        low = __dp4a(run.quanta[3], first.w, low);
        int high = __dp4a(run.quanta[4], second.x, 0);
        high = __dp4a(run.quanta[5], second.y, high);
        high = __dp4a(run.quanta[6], second.z, high);
        high = __dp4a(run.quanta[7], second.w, high);
        sums[token] += step.x * (run.scale[0] * low + run.scale[1] * high) + run.offset * step.y;
      }
    }
  }
#pragma unroll
  for (int token = 0; token < TOKENS; token++) {
    if (token < n) {
      float sum = sumOfWarp(sums[token]);
      if (lane == 0) y[(int64_t)token * rows + row] = scale * sum;
    }
  }
}

// Activations as they are, x (n, columns); y (n, rows).
template <typename T, int TOKENS>
__device__ inline void plain(
    const uint8_t* weight, int rows, int columns, int64_t rowBytes, const float* x, float* y, int n, float scale) {
  int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
  int lane = threadIdx.x % 32;
  if (row >= rows) return;
  const uint8_t* stored = weight + row * rowBytes;
  float sums[TOKENS] = {};
  if (columns % 8 == 0) {
#pragma unroll 2
    for (int column = 8 * lane; column < columns; column += 256) {
      float values[8];
      eight(T(), stored, column, values);
#pragma unroll
      for (int token = 0; token < TOKENS; token++) {
        if (token < n) {
          float inputs[8];
          eight(F32(), reinterpret_cast<const uint8_t*>(x + (int64_t)token * columns), column, inputs);
#pragma unroll
          for (int i = 0; i < 8; i++) sums[token] += values[i] * inputs[i];
        }
      }
    }
  } else {
    for (int column = lane; column < columns; column += 32) {
      float value = element(T(), stored, column);
#pragma unroll
      for (int token = 0; token < TOKENS; token++) {
        if (token < n) sums[token] += value * x[(int64_t)token * columns + column];
      }
    }
  }
#pragma unroll
  for (int token = 0; token < TOKENS; token++) {
    if (token < n) {
      float sum = sumOfWarp(sums[token]);
      if (lane == 0) y[(int64_t)token * rows + row] = scale * sum;
    }
  }
}

#define QUANTISED(TYPE, TOKENS)                                                                                       \
  extern "C" __global__ void __launch_bounds__(128) product_few_##TYPE##_##TOKENS(                                    \
      const uint8_t* weight, int rows, int columns, int64_t rowBytes, const int8_t* bytes, const float2* steps,       \
      float* y, int n, float scale) {                                                                                 \
    quantised<TYPE, TOKENS>(weight, rows, columns, rowBytes, bytes, steps, y, n, scale);                              \
  }

#define PLAIN(TYPE, TOKENS)                                                                                           \
  extern "C" __global__ void __launch_bounds__(128) product_few_##TYPE##_##TOKENS(                                    \
      const uint8_t* weight, int rows, int columns, int64_t rowBytes, const float* x, float* y, int n, float scale) { \
    plain<TYPE, TOKENS>(weight, rows, columns, rowBytes, x, y, n, scale);                                             \
  }

#define FEW(KIND, TYPE) KIND(TYPE, 1) KIND(TYPE, 8)

FEW(PLAIN, F32)
FEW(PLAIN, F16)
FEW(PLAIN, BF16)
FEW(QUANTISED, Q8_0)
FEW(QUANTISED, Q4_0)
FEW(QUANTISED, Q4_1)
FEW(QUANTISED, Q4_K)
FEW(QUANTISED, Q5_K)
FEW(QUANTISED, Q6_K)
FEW(QUANTISED, Q4_G128)
