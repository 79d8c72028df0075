// Stored weights, 32 consecutive elements of a row at a time: what the types of compute's DataType have in common.
// Bytes are read where they lie in the file, at most 4 at once: blocks of 18, 34 or 210 bytes are aligned to 2 only.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <stdint.h>

// Element 4i+j is scale[i/4] · (signed byte j of quanta[i]) + offset.
struct Run {
  int quanta[8];
  float scale[2];
  float offset;
};

struct F32 {};
struct F16 {};
struct BF16 {};
struct Q8_0 {};
struct Q4_0 {};
struct Q4_1 {};
struct Q4_K {};
struct Q5_K {};
struct Q6_K {};
struct Q4_G128 {};

__device__ inline int word(const uint8_t* at) {
  const uint16_t* halves = reinterpret_cast<const uint16_t*>(at);
  return halves[0] | halves[1] << 16;
}

__device__ inline int alignedWord(const uint8_t* at) { return *reinterpret_cast<const int*>(at); }

__device__ inline float half16(const uint8_t* at) { return __half2float(*reinterpret_cast<const __half*>(at)); }

__device__ inline void scaled(Run& run, float scale, float offset) {
  run.scale[0] = scale;
  run.scale[1] = scale;
  run.offset = offset;
}

// The low nibbles of 16 bytes are the first 16 elements, the high nibbles the others.
__device__ inline void nibbles(Run& run, int i, int bytes) {
  run.quanta[i] = bytes & 0x0F0F0F0F;
  run.quanta[i + 4] = bytes >> 4 & 0x0F0F0F0F;
}

__device__ inline Run load(Q8_0, const uint8_t* row, int index) {
  const uint8_t* block = row + 34LL * index;
  Run run;
#pragma unroll
  for (int i = 0; i < 8; i++) run.quanta[i] = word(block + 2 + 4 * i);
  scaled(run, half16(block), 0);
  return run;
}

__device__ inline Run load(Q4_0, const uint8_t* row, int index) {
  const uint8_t* block = row + 18LL * index;
  Run run;
#pragma unroll
  for (int i = 0; i < 4; i++) nibbles(run, i, word(block + 2 + 4 * i));
  float scale = half16(block);
  scaled(run, scale, -8 * scale);
  return run;
}

__device__ inline Run load(Q4_1, const uint8_t* row, int index) {
  const uint8_t* block = row + 20LL * index;
  Run run;
#pragma unroll
  for (int i = 0; i < 4; i++) nibbles(run, i, alignedWord(block + 4 + 4 * i));
  scaled(run, half16(block), half16(block + 2));
  return run;
}

__device__ inline Run load(Q4_G128, const uint8_t* row, int index) {
  const uint8_t* block = row + 68LL * (index / 4);
  Run run;
#pragma unroll
  for (int i = 0; i < 4; i++) nibbles(run, i, alignedWord(block + 4 + 16 * (index % 4) + 4 * i));
  float scale = half16(block);
  scaled(run, scale, -scale * *reinterpret_cast<const uint16_t*>(block + 2));
  return run;
}

// Scale and offset of one of eight runs, whose 6-bit factors the 12 bytes after d and dmin hold.
__device__ inline void factors(Run& run, const uint8_t* block, int index) {
  const uint8_t* six = block + 4;
  int scale = six[index] & 63;
  int least = six[index + 4] & 63;
  if (index >= 4) {
    scale = (six[index + 4] & 15) | (six[index - 4] >> 6) << 4;
    least = six[index + 4] >> 4 | (six[index] >> 6) << 4;
  }
  scaled(run, half16(block) * scale, -half16(block + 2) * least);
}

__device__ inline Run load(Q4_K, const uint8_t* row, int index) {
  const uint8_t* block = row + 144LL * (index / 8);
  int which = index % 8;
  Run run;
#pragma unroll
  for (int i = 0; i < 8; i++) {
    run.quanta[i] = alignedWord(block + 16 + 32 * (which / 2) + 4 * i) >> 4 * (which % 2) & 0x0F0F0F0F;
  }
  factors(run, block, which);
  return run;
}

__device__ inline Run load(Q5_K, const uint8_t* row, int index) {
  const uint8_t* block = row + 176LL * (index / 8);
  int which = index % 8;
  Run run;
#pragma unroll
  for (int i = 0; i < 8; i++) {
    int low = alignedWord(block + 48 + 32 * (which / 2) + 4 * i) >> 4 * (which % 2) & 0x0F0F0F0F;
    int fifth = alignedWord(block + 16 + 4 * i) >> which & 0x01010101;
    run.quanta[i] = low | fifth << 4;
  }
  factors(run, block, which);
  return run;
}

__device__ inline Run load(Q6_K, const uint8_t* row, int index) {
  const uint8_t* block = row + 210LL * (index / 8);
  int half = index / 4 % 2;
  int quarter = index % 4;
  Run run;
#pragma unroll
  for (int i = 0; i < 8; i++) {
    int low = word(block + 64 * half + 32 * (quarter & 1) + 4 * i) >> 4 * (quarter >> 1) & 0x0F0F0F0F;
    int high = word(block + 128 + 32 * half + 4 * i) >> 2 * quarter & 0x03030303;
    run.quanta[i] = __vsub4(low | high << 4, 0x20202020);
  }
  const int8_t* scales = reinterpret_cast<const int8_t*>(block + 192 + 8 * half + 2 * quarter);
  float d = half16(block + 208);
  run.scale[0] = d * scales[0];
  run.scale[1] = d * scales[1];
  run.offset = 0;
  return run;
}

__device__ inline float element(F32, const uint8_t* row, int column) {
  return reinterpret_cast<const float*>(row)[column];
}

__device__ inline float element(F16, const uint8_t* row, int column) {
  return __half2float(reinterpret_cast<const __half*>(row)[column]);
}

__device__ inline float element(BF16, const uint8_t* row, int column) {
  return __int_as_float(reinterpret_cast<const uint16_t*>(row)[column] << 16);
}

// Eight elements whose first byte is aligned to 16.
__device__ inline void eight(F32, const uint8_t* row, int column, float (&values)[8]) {
  const float4* at = reinterpret_cast<const float4*>(row + 4LL * column);
  float4 first = at[0];
  float4 second = at[1];
  values[0] = first.x, values[1] = first.y, values[2] = first.z, values[3] = first.w;
  values[4] = second.x, values[5] = second.y, values[6] = second.z, values[7] = second.w;
}

__device__ inline void eight(F16, const uint8_t* row, int column, float (&values)[8]) {
  uint4 bits = *reinterpret_cast<const uint4*>(row + 2LL * column);
  const __half2* pairs = reinterpret_cast<const __half2*>(&bits);
#pragma unroll
  for (int i = 0; i < 4; i++) {
    float2 pair = __half22float2(pairs[i]);
    values[2 * i] = pair.x;
    values[2 * i + 1] = pair.y;
  }
}

__device__ inline void eight(BF16, const uint8_t* row, int column, float (&values)[8]) {
  uint4 bits = *reinterpret_cast<const uint4*>(row + 2LL * column);
  const unsigned words[4] = {bits.x, bits.y, bits.z, bits.w};
#pragma unroll
  for (int i = 0; i < 4; i++) {
    values[2 * i] = __uint_as_float(words[i] << 16);
    values[2 * i + 1] = __uint_as_float(words[i] & 0xFFFF0000);
  }
}

// 32 elements as float16, zeros past the last column.
template <typename T>
__device__ inline void halves(T type, const uint8_t* row, int index, int columns, __half (&values)[32]) {
  Run run = load(type, row, index);
#pragma unroll
  for (int i = 0; i < 32; i++) {
    float quantum = (int8_t)(run.quanta[i / 4] >> 8 * (i % 4));
    values[i] = __float2half_rn(run.scale[i / 16] * quantum + run.offset);
  }
}

template <typename T>
__device__ inline void plainHalves(T type, const uint8_t* row, int index, int columns, __half (&values)[32]) {
  int from = 32 * index;
  if (columns % 8 == 0 && from + 32 <= columns) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      float part[8];
      eight(type, row, from + 8 * i, part);
#pragma unroll
      for (int j = 0; j < 8; j++) values[8 * i + j] = __float2half_rn(part[j]);
    }
  } else {
#pragma unroll
    for (int i = 0; i < 32; i++) {
      values[i] = from + i < columns ? __float2half_rn(element(type, row, from + i)) : __float2half_rn(0);
    }
  }
}

template <>
__device__ inline void halves(F16 type, const uint8_t* row, int index, int columns, __half (&values)[32]) {
  plainHalves(type, row, index, columns, values);
}

template <>
__device__ inline void halves(BF16 type, const uint8_t* row, int index, int columns, __half (&values)[32]) {
  plainHalves(type, row, index, columns, values);
}
