// Activations in the form in which products read them; each number that is not finite makes its results so too.
#include <cuda_fp16.h>
#include <stdint.h>

// x (n, columns) as bytes (n, 32·runs), each run of 32 with a step: x is about step · byte. Of each run also step · (sum of bytes).
// One warp makes one run; zeros past the last column.
extern "C" __global__ void round_to_bytes(const float* x, int columns, int runs, int8_t* bytes, float2* steps) {
  int run = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
  int token = blockIdx.y;
  int column = 32 * run + threadIdx.x % 32;
  if (run >= runs) return;
  float value = column < columns ? x[(int64_t)token * columns + column] : 0;
  float most = fabsf(value);
  float spoiled = value * 0; // NaN of what is not finite
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) {
    most = fmaxf(most, __shfl_xor_sync(~0u, most, lanes));
    spoiled += __shfl_xor_sync(~0u, spoiled, lanes);
  }
  float step = most / 127 + spoiled;
  int byte = most > 0 ? __float2int_rn(value * (127 / most)) : 0;
  byte = min(127, max(-127, byte));
  int sum = byte;
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(~0u, sum, lanes);
  bytes[((int64_t)token * runs + run) * 32 + threadIdx.x % 32] = (int8_t)byte;
  if (threadIdx.x % 32 == 0) steps[(int64_t)token * runs + run] = make_float2(step, step * sum);
}

// x (n, columns) as float16 (n, stride), zeros past the last column: each row is divided by the power of two, into scales (n), that
// brings its largest number just below 2¹⁵. Gradients would otherwise be too small for float16, some activations too large.
extern "C" __global__ void round_to_halves(const float* x, int columns, int stride, __half* halves, float* scales) {
  __shared__ float largest[32];
  int token = blockIdx.x;
  const float* row = x + (int64_t)token * columns;
  float most = 0;
  for (int i = threadIdx.x; i < columns; i += blockDim.x) most = fmaxf(most, fabsf(row[i]));
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) most = fmaxf(most, __shfl_xor_sync(~0u, most, lanes));
  if (threadIdx.x % 32 == 0) largest[threadIdx.x / 32] = most;
  __syncthreads();
  for (int i = 0; i < blockDim.x / 32; i++) most = fmaxf(most, largest[i]);
  int exponent = most > 0 && isfinite(most) ? max(-100, ilogbf(most) - 14) : 0;
  for (int i = threadIdx.x; i < stride; i += blockDim.x) {
    halves[(int64_t)token * stride + i] = __float2half_rn(i < columns ? ldexpf(row[i], -exponent) : 0);
  }
  if (threadIdx.x == 0) scales[token] = ldexpf(1, exponent);
}
