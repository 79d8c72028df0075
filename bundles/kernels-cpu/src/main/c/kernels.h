/*
 * The operations that pay in C. Shapes are (rows, columns), row-major; strides are in elements unless said so. Results are
 * "C = or += scale · product". Nothing here allocates, keeps state or starts threads: the caller splits the work.
 */
#pragma once
#include <immintrin.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* What cpu.c asks the processor for before anything else is called: Zen 4, Sapphire Rapids and later. */
#define AVX512_FEATURES "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vnni,avx512bf16,fma,f16c"
#define AVX512 __attribute__((target(AVX512_FEATURES)))
#define INLINE static inline __attribute__((always_inline)) AVX512

/* How a weight is stored; see dev.apprentice.compute.DataType. The last is F32 that is rounded to BF16 where it is read. */
enum type { F32, BF16, Q8_0, Q4_0, F32_AS_BF16 };

/* How the right operand B (depth, columns) of a product lies in memory. */
enum layout { PLAIN, TRANSPOSED };

/* What happens to the former content of the result. */
enum result { REPLACE, ADD };

/* Elements and bytes of a block of the quantised types. */
enum { BLOCK = 32, Q8_0_BYTES = 34, Q4_0_BYTES = 18 };

/* The first n of 16, 32 or 64 lanes. */
INLINE __mmask16 first16(long n) { return n >= 16 ? 0xFFFF : (__mmask16)((1u << n) - 1); }
INLINE __mmask32 first32(long n) { return n >= 32 ? 0xFFFFFFFFu : (1u << n) - 1; }
INLINE __mmask64 first64(long n) { return n >= 64 ? ~0ull : (1ull << n) - 1; }
