// The vectors of one set of kernels. The sources of this folder are compiled once for each set, which INCEPTION_LANES names
// by how many numbers it takes at once: 16 (AVX-512), 8 (AVX2) or 4 (any processor: a compiler without such registers splits
// them). All that they define lies in the set's own namespace.
#pragma once
#include <cstdint>
#include <cstring>

#include "../bfloat16.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if INCEPTION_LANES == 16
#define INCEPTION_SET avx512
#define WITH_VECTORS __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#elif INCEPTION_LANES == 8
#define INCEPTION_SET avx2
#define WITH_VECTORS __attribute__((target("avx2,fma")))
#else
#define INCEPTION_SET narrow
#define WITH_VECTORS
#endif

namespace inception::INCEPTION_SET {

constexpr int64_t lanes = INCEPTION_LANES;

typedef float Vector __attribute__((vector_size(4 * lanes), aligned(4), may_alias));
typedef uint32_t Words __attribute__((vector_size(4 * lanes), aligned(4), may_alias));
typedef uint16_t Halves __attribute__((vector_size(2 * lanes), aligned(2), may_alias));

WITH_VECTORS inline Vector all(float x) { return x - Vector{}; }

WITH_VECTORS inline const Vector& at(const float* numbers) { return *reinterpret_cast<const Vector*>(numbers); }
WITH_VECTORS inline Vector& at(float* numbers) { return *reinterpret_cast<Vector*>(numbers); }

WITH_VECTORS inline Vector rootOf(const Vector& x) {
#if INCEPTION_LANES == 16
  return _mm512_maskz_sqrt_ps(0xffff, x);
#elif INCEPTION_LANES == 8
  return _mm256_sqrt_ps(x);
#else
  Vector roots;
  for (int64_t lane = 0; lane < lanes; lane++) roots[lane] = __builtin_sqrtf(x[lane]);
  return roots;
#endif
}

/** The bits of so many bfloat16 numbers, each in the lower half of its word. */
WITH_VECTORS inline Words bitsAt(const Bfloat16* numbers) {
  return __builtin_convertvector(*reinterpret_cast<const Halves*>(numbers), Words);
}

WITH_VECTORS inline Vector load(const float* numbers) { return at(numbers); }
WITH_VECTORS inline Vector load(const Bfloat16* numbers) { return reinterpret_cast<Vector>(bitsAt(numbers) << 16); }

WITH_VECTORS inline void store(const Vector& x, float* target) { at(target) = x; }
/** Rounded to the nearest one, to the even one of two as near. */
WITH_VECTORS inline void store(const Vector& x, Bfloat16* target) {
  const Words bits = reinterpret_cast<Words>(x), rounded = bits + 0x7fff + (bits >> 16 & 1);
  const Words isNumber = reinterpret_cast<Words>(x == x);
  const Words result = (rounded & isNumber) | (0x7fc00000 & ~isNumber);
  *reinterpret_cast<Halves*>(target) = __builtin_convertvector(result >> 16, Halves);
}

/** To an address that is a multiple of the vector's size, past the caches; another thread sees it after `streamed`. */
WITH_VECTORS inline void stream(const Vector& x, float* target) {
#if INCEPTION_LANES == 16
  _mm512_stream_ps(target, x);
#elif INCEPTION_LANES == 8
  _mm256_stream_ps(target, x);
#else
  at(target) = x;
#endif
}
inline void streamed() {
#if INCEPTION_LANES > 4
  _mm_sfence();
#endif
}

/**
 * A tile of sums that stays in registers: so many rows of one or two panels of sixteen columns. Beside it there is room for
 * a row of the right matrix and a number of the left one, which two vectors of columns share: with one, reading them takes
 * as long as multiplying.
 */
constexpr int64_t tileColumns = 16, tileVectors = tileColumns / lanes, panelsAtOnce = lanes == 16 ? 2 : 1;
#if defined(__x86_64__) && INCEPTION_LANES < 16
constexpr int64_t registers = 16;
#else
constexpr int64_t registers = 32;
#endif
constexpr int64_t tileRows = lanes == 16 ? 12 : (registers - 4) / tileVectors;

}  // namespace inception::INCEPTION_SET
