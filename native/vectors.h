// Eight numbers at once, on any processor: a compiler without such registers splits them.
#pragma once
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define WITH_FMA __attribute__((target("avx2,fma")))
#else
#define WITH_FMA
#endif

namespace inception {

constexpr int64_t lanes = 8;

typedef float Vector __attribute__((vector_size(4 * lanes), aligned(4)));

WITH_FMA inline const Vector& at(const float* numbers) { return *reinterpret_cast<const Vector*>(numbers); }
WITH_FMA inline Vector& at(float* numbers) { return *reinterpret_cast<Vector*>(numbers); }
WITH_FMA inline Vector eight(float x) { return Vector{x, x, x, x, x, x, x, x}; }

/** To an address that is a multiple of 32 bytes, past the caches; another thread sees it after `streamed`. */
WITH_FMA inline void stream(const Vector& x, float* target) {
#if defined(__x86_64__)
  _mm256_stream_ps(target, x);
#else
  at(target) = x;
#endif
}
inline void streamed() {
#if defined(__x86_64__)
  _mm_sfence();
#endif
}

}  // namespace inception
