// Numbers as the matrix registers take them.
#pragma once
#include "amx.h"

#if INCEPTION_LANES == 16
#define WITH_NARROWING __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma")))

namespace inception::INCEPTION_SET {

/** So many of sixteen, none below zero of them. */
constexpr __mmask16 those(int64_t numbers) {
  return static_cast<__mmask16>(numbers >= matrixSide ? 0xffff : numbers <= 0 ? 0 : (1 << numbers) - 1);
}

WITH_NARROWING inline Halves narrow(Vector x) { return reinterpret_cast<Halves>(_mm512_cvtneps_pbh(x)); }
WITH_NARROWING inline __m512i narrow(Vector first, Vector second) {
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second, first));
}

/** Sixteen numbers and after them sixteen more. */
WITH_VECTORS inline __m512i joined(__m256i first, __m256i second) {
  return _mm512_maskz_inserti64x4(0xff, _mm512_castsi256_si512(first), second, 1);
}
/** Each of the first sixteen beside that of the others, a pair in every word. */
WITH_NARROWING inline __m512i paired(__m512i joined) {
  const Words first = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, order = first | (first + matrixSide) << 16;
  return _mm512_permutexvar_epi16(reinterpret_cast<__m512i>(order), joined);
}

/** Sixteen numbers as bfloat16 and after them sixteen more: their upper parts, and of float32 the lower ones. */
struct Parts {
  __m512i upper, lower;
};

/** Of those numbers; zeros stand for the others. */
WITH_NARROWING inline Parts partsAt(const float* first, __mmask16 some, const float* second, __mmask16 others) {
  const Vector x = _mm512_maskz_loadu_ps(some, first), y = _mm512_maskz_loadu_ps(others, second);
  const __m512i upper = narrow(x, y);
  const Words pairs = reinterpret_cast<Words>(paired(upper));
  return {upper, narrow(x - reinterpret_cast<Vector>(pairs << 16), y - reinterpret_cast<Vector>(pairs & 0xffff0000))};
}
WITH_NARROWING inline Parts partsAt(const Bfloat16* first, __mmask16 some, const Bfloat16* second, __mmask16 others) {
  return {joined(_mm256_maskz_loadu_epi16(some, first), _mm256_maskz_loadu_epi16(others, second)), __m512i{}};
}

WITH_NARROWING inline void storeSome(Vector x, __mmask16 some, float* target) { _mm512_mask_storeu_ps(target, some, x); }
WITH_NARROWING inline void storeSome(Vector x, __mmask16 some, Bfloat16* target) {
  _mm256_mask_storeu_epi16(target, some, reinterpret_cast<__m256i>(narrow(x)));
}

/** One after the other; of bfloat16 that is one line of the cache. */
WITH_NARROWING inline void storeBoth(const Vector (&both)[2], const __mmask16 (&some)[2], float* target) {
  storeSome(both[0], some[0], target), storeSome(both[1], some[1], target + matrixSide);
}
WITH_NARROWING inline void storeBoth(const Vector (&both)[2], const __mmask16 (&some)[2], Bfloat16* target) {
  const __mmask32 all = static_cast<__mmask32>(some[0] | static_cast<uint32_t>(some[1]) << matrixSide);
  _mm512_mask_storeu_epi16(target, all, narrow(both[0], both[1]));
}

/** Rows become columns. */
WITH_VECTORS inline void turn(__m512i (&rows)[matrixSide]) {
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#pragma GCC unroll 4
  for (int bit = 1; bit < matrixSide; bit *= 2) {
    const __m512i far = _mm512_set1_epi32(bit), other = _mm512_set1_epi32(matrixSide);
    const __mmask16 low = _mm512_testn_epi32_mask(lane, far);
    const __m512i first = _mm512_mask_mov_epi32(_mm512_or_si512(_mm512_xor_si512(lane, far), other), low, lane);
    const __m512i second = _mm512_mask_mov_epi32(_mm512_or_si512(lane, other), low, _mm512_xor_si512(lane, far));
#pragma GCC unroll 16
    for (int row = 0; row < matrixSide; row++) {
      if (row & bit) continue;
      const __m512i a = rows[row], b = rows[row | bit];
      rows[row] = _mm512_permutex2var_epi32(a, first, b);
      rows[row | bit] = _mm512_permutex2var_epi32(a, second, b);
    }
  }
}

}  // namespace inception::INCEPTION_SET
#endif
