// A 64×64 tile of a product of activations (n, depth) with stored weights, as written or transposed, on tensor cores: both factors in
// float16, sums in float32. Four warps, each 32×32 of the tile; while they multiply, the next 64 of the depth are on their way.
#pragma once

#include <mma.h>

#include "runs.cuh"

constexpr int TILE = 64;
constexpr int THREADS = 128;
constexpr int PITCH = TILE + 8;      // float16 elements: fewer bank conflicts
constexpr int SUM_PITCH = TILE + 4;  // float32 elements

// One thread's part of the next step: 32 activations and 32 weights.
struct Parts {
  uint4 activations[4];
  __half weights[32];
};

// In shared memory, first the factors, then the sums.
union Shared {
  struct {
    __half activations[TILE * PITCH];  // (token, depth)
    __half weights[TILE * PITCH];      // (output, depth), or transposed (depth, input)
  } factors;
  float sums[TILE * SUM_PITCH];  // (token, result column)
};

struct Product {
  const uint8_t* weight;
  int rows;
  int columns;
  int64_t rowBytes;
  const __half* x;  // (n, stride), zeros past the depth
  int stride;
  const float* scales;  // (n)
  float* y;             // (n, width)
  int n;
  float scale;
};

// A thread reads half a row of the tile of activations, and a run of the weights: of row first + thread/2 (transposed: of row depth +
// thread/2), the run that its parity says.
template <typename T, bool TRANSPOSED>
__device__ inline Parts fetch(const Product& p, int token, int first, int depth) {
  Parts parts;
  int line = threadIdx.x / 2;
  int side = threadIdx.x % 2;
  const uint4* x = reinterpret_cast<const uint4*>(p.x + (int64_t)(token + line) * p.stride + depth + 32 * side);
#pragma unroll
  for (int i = 0; i < 4; i++) parts.activations[i] = token + line < p.n ? x[i] : make_uint4(0, 0, 0, 0);
  int row = (TRANSPOSED ? depth : first) + line;
  int column = (TRANSPOSED ? first : depth) + 32 * side;
  if (row < p.rows && column < p.columns) {
    halves(T(), p.weight + row * p.rowBytes, column / 32, p.columns, parts.weights);
  } else {
#pragma unroll
    for (int i = 0; i < 32; i++) parts.weights[i] = __float2half_rn(0);
  }
  return parts;
}

__device__ inline void store(const Parts& parts, Shared& shared) {
  int at = threadIdx.x / 2 * PITCH + threadIdx.x % 2 * 32;
  uint4* activations = reinterpret_cast<uint4*>(shared.factors.activations + at);
  uint4* weights = reinterpret_cast<uint4*>(shared.factors.weights + at);
  const uint4* fetched = reinterpret_cast<const uint4*>(parts.weights);
#pragma unroll
  for (int i = 0; i < 4; i++) {
    activations[i] = parts.activations[i];
    weights[i] = fetched[i];
  }
}

template <typename T, bool TRANSPOSED>
__device__ inline void multiply(const Product& p) {
  using namespace nvcuda;
  __shared__ __align__(32) Shared shared;
  using Layout = typename std::conditional<TRANSPOSED, wmma::row_major, wmma::col_major>::type;
  int width = TRANSPOSED ? p.columns : p.rows;
  int length = TRANSPOSED ? p.rows : p.columns;
  int first = TILE * blockIdx.x;
  int token = TILE * blockIdx.y;
  int warp = threadIdx.x / 32;
  int top = 32 * (warp / 2);
  int left = 32 * (warp % 2);

  wmma::fragment<wmma::accumulator, 16, 16, 16, float> sums[2][2];
#pragma unroll
  for (int i = 0; i < 2; i++) {
#pragma unroll
    for (int j = 0; j < 2; j++) wmma::fill_fragment(sums[i][j], 0.0f);
  }
  Parts parts = fetch<T, TRANSPOSED>(p, token, first, 0);
  for (int depth = 0; depth < length; depth += TILE) {
    store(parts, shared);
    __syncthreads();
    if (depth + TILE < length) parts = fetch<T, TRANSPOSED>(p, token, first, depth + TILE);
#pragma unroll
    for (int k = 0; k < TILE; k += 16) {
      wmma::fragment<wmma::matrix_a, 16, 16, 16, __half, wmma::row_major> a[2];
      wmma::fragment<wmma::matrix_b, 16, 16, 16, __half, Layout> b[2];
#pragma unroll
      for (int i = 0; i < 2; i++) {
        wmma::load_matrix_sync(a[i], shared.factors.activations + (top + 16 * i) * PITCH + k, PITCH);
        int side = left + 16 * i;
        wmma::load_matrix_sync(
            b[i], shared.factors.weights + (TRANSPOSED ? k * PITCH + side : side * PITCH + k), PITCH);
      }
#pragma unroll
      for (int i = 0; i < 2; i++) {
#pragma unroll
        for (int j = 0; j < 2; j++) wmma::mma_sync(sums[i][j], a[i], b[j], sums[i][j]);
      }
    }
    __syncthreads();
  }

#pragma unroll
  for (int i = 0; i < 2; i++) {
#pragma unroll
    for (int j = 0; j < 2; j++) {
      float* at = shared.sums + (top + 16 * i) * SUM_PITCH + left + 16 * j;
      wmma::store_matrix_sync(at, sums[i][j], SUM_PITCH, wmma::mem_row_major);
    }
  }
  __syncthreads();
  for (int at = threadIdx.x; at < TILE * TILE; at += THREADS) {
    int row = token + at / TILE;
    int column = first + at % TILE;
    if (row < p.n && column < width) {
      p.y[(int64_t)row * width + column] =
          p.scale * p.scales[row] * shared.sums[at / TILE * SUM_PITCH + at % TILE];
    }
  }
}

#define ROUNDED(NAME, TYPE, TRANSPOSED)                                                                             \
  extern "C" __global__ void __launch_bounds__(THREADS) NAME##_##TYPE(                                              \
      const uint8_t* weight, int rows, int columns, int64_t rowBytes, const __half* x, int stride,                  \
      const float* scales, float* y, int n, float scale) {                                                          \
    multiply<TYPE, TRANSPOSED>(Product{weight, rows, columns, rowBytes, x, stride, scales, y, n, scale});           \
  }

// All types but F32, which exact.cuh multiplies.
#define ROUNDED_TYPES(NAME, TRANSPOSED) \
  ROUNDED(NAME, F16, TRANSPOSED)        \
  ROUNDED(NAME, BF16, TRANSPOSED)       \
  ROUNDED(NAME, Q8_0, TRANSPOSED)       \
  ROUNDED(NAME, Q4_0, TRANSPOSED)       \
  ROUNDED(NAME, Q4_1, TRANSPOSED)       \
  ROUNDED(NAME, Q4_K, TRANSPOSED)       \
  ROUNDED(NAME, Q5_K, TRANSPOSED)       \
  ROUNDED(NAME, Q6_K, TRANSPOSED)       \
  ROUNDED(NAME, Q4_G128, TRANSPOSED)
