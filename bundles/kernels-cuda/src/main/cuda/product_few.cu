// y = scale · x Wᵀ of a few tokens, where reading the weights takes nearly all the time: a warp makes all tokens' sums of a row.
//
// The order of all operations is written out, which the compiler would choose otherwise for one token than for several: what is
// generated must not depend on who else generates at the moment.
#include "runs.cuh"

__device__ inline float sumOfWarp(float value) {
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) value += __shfl_xor_sync(~0u, value, lanes);
  return value;
}

// A warp makes one output of one token; of several tokens two, which then read their activations half as often.
template <int TOKENS>
constexpr int ROWS = TOKENS == 1 ? 1 : 2;

template <int TOKENS>
__device__ inline int firstRow() {
  return (blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32) * ROWS<TOKENS>;
}

template <int TOKENS>
__device__ inline void write(
    const float (&sums)[ROWS<TOKENS>][TOKENS], int first, int rows, float* y, int n, float scale) {
#pragma unroll
  for (int i = 0; i < ROWS<TOKENS>; i++) {
#pragma unroll
    for (int token = 0; token < TOKENS; token++) {
      if (token < n) {
        float sum = sumOfWarp(sums[i][token]);
        if (threadIdx.x % 32 == 0 && first + i < rows) y[(int64_t)token * rows + first + i] = scale * sum;
      }
    }
  }
}

// Activations rounded to bytes (n, 32·runs) with (step, step · sum) of each run; y (n, rows).
template <typename T, int TOKENS>
__device__ inline void quantised(
    const uint8_t* weight, int rows, int columns, int64_t rowBytes, const int8_t* bytes, const float2* steps, float* y,
    int n, float scale) {
  int first = firstRow<TOKENS>();
  if (first >= rows) return;
  int runs = columns / 32;
  float sums[ROWS<TOKENS>][TOKENS] = {};
#pragma unroll(TOKENS == 1 ? 2 : 1)
  for (int index = threadIdx.x % 32; index < runs; index += 32) {
    Run stored[ROWS<TOKENS>];
#pragma unroll
    for (int i = 0; i < ROWS<TOKENS>; i++) {
      stored[i] = load(T(), weight + min(first + i, rows - 1) * rowBytes, index);
    }
#pragma unroll
    for (int token = 0; token < TOKENS; token++) {
      if (token < n) {
        int64_t at = (int64_t)token * runs + index;
        const int4* x = reinterpret_cast<const int4*>(bytes + 32 * at);
        int4 left = x[0];
        int4 right = x[1];
        float2 step = steps[at];
#pragma unroll
        for (int i = 0; i < ROWS<TOKENS>; i++) {
          const Run& run = stored[i];
          int low = __dp4a(run.quanta[0], left.x, 0);
          low = __dp4a(run.quanta[1], left.y, low);
          low = __dp4a(run.quanta[2], left.z, low);
          low = __dp4a(run.quanta[3], left.w, low);
          int high = __dp4a(run.quanta[4], right.x, 0);
          high = __dp4a(run.quanta[5], right.y, high);
          high = __dp4a(run.quanta[6], right.z, high);
          high = __dp4a(run.quanta[7], right.w, high);
          float product = __fmaf_rn(run.scale[0], low, __fmul_rn(run.scale[1], high));
          sums[i][token] = __fmaf_rn(run.offset, step.y, __fmaf_rn(step.x, product, sums[i][token]));
        }
      }
    }
  }
  write<TOKENS>(sums, first, rows, y, n, scale);
}

// Activations as they are, x (n, columns); y (n, rows).
template <typename T, int TOKENS>
__device__ inline void plain(
    const uint8_t* weight, int rows, int columns, int64_t rowBytes, const float* x, float* y, int n, float scale) {
  int first = firstRow<TOKENS>();
  int lane = threadIdx.x % 32;
  if (first >= rows) return;
  const uint8_t* stored[ROWS<TOKENS>];
#pragma unroll
  for (int i = 0; i < ROWS<TOKENS>; i++) stored[i] = weight + min(first + i, rows - 1) * rowBytes;
  float sums[ROWS<TOKENS>][TOKENS] = {};
  if (columns % 8 == 0) {
#pragma unroll(TOKENS == 1 ? 2 : 1)
    for (int column = 8 * lane; column < columns; column += 256) {
      float values[ROWS<TOKENS>][8];
#pragma unroll
      for (int i = 0; i < ROWS<TOKENS>; i++) eight(T(), stored[i], column, values[i]);
#pragma unroll
      for (int token = 0; token < TOKENS; token++) {
        if (token < n) {
          float inputs[8];
          eight(F32(), reinterpret_cast<const uint8_t*>(x + (int64_t)token * columns), column, inputs);
#pragma unroll
          for (int i = 0; i < ROWS<TOKENS>; i++) {
#pragma unroll
            for (int j = 0; j < 8; j++) sums[i][token] = __fmaf_rn(values[i][j], inputs[j], sums[i][token]);
          }
        }
      }
    }
  } else {
    for (int column = lane; column < columns; column += 32) {
#pragma unroll
      for (int i = 0; i < ROWS<TOKENS>; i++) {
        float value = element(T(), stored[i], column);
#pragma unroll
        for (int token = 0; token < TOKENS; token++) {
          if (token < n) sums[i][token] = __fmaf_rn(value, x[(int64_t)token * columns + column], sums[i][token]);
        }
      }
    }
  }
  write<TOKENS>(sums, first, rows, y, n, scale);
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
