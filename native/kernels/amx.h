// The matrix registers of AMX: eight of sixteen rows of 64 bytes. One instruction multiplies sixteen rows of 32 bfloat16
// numbers by sixteen columns of 32 and adds the 256 products' sums, which are float32. Only the widest set has them.
//
// float32 is the sum of two bfloat16 numbers up to 2^-18 of it, its upper and its lower part. A product of two is three
// products of parts: the one of both lower parts is at most 2^-18 of it and is left out. Together that is 1.2e-5 at most.
#pragma once
#include "panels.h"

#if INCEPTION_LANES == 16
#define WITH_MATRICES \
  __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))

namespace inception::INCEPTION_SET {

/** Rows and columns of a matrix of sums, and so many numbers lie in a row of a left matrix and a column of a right one. */
constexpr int64_t matrixSide = 16, matrixDepth = 32, matrixSize = matrixSide * matrixSide, matrixBytes = 4 * matrixSize;

/** How many numbers of bfloat16 one is multiplied as. */
template <class Number>
constexpr int partsOf = sizeof(Number) == sizeof(float) ? 2 : 1;

/** Every register in its full size, for as long as this lives; then as the thread had them. */
class MatrixRegisters {
  struct alignas(64) Shapes {
    uint8_t palette = 0, reserved[15] = {};
    uint16_t rowBytes[16] = {};
    uint8_t rows[16] = {};
  };
  Shapes before;

 public:
  WITH_MATRICES MatrixRegisters() {
    Shapes full;
    full.palette = 1;
    for (int matrix = 0; matrix < 8; matrix++) full.rowBytes[matrix] = 64, full.rows[matrix] = 16;
    asm volatile("sttilecfg %0" : "=m"(before));
    asm volatile("ldtilecfg %0" : : "m"(full));
  }
  WITH_MATRICES ~MatrixRegisters() { asm volatile("ldtilecfg %0" : : "m"(before)); }
  MatrixRegisters(const MatrixRegisters&) = delete;
};

/**
 * Matrices of sixteen rows of 64 bytes, on one side of a product. Distances in bytes: to the next row, to the next matrix
 * along the depth, to the same of the second sixteen rows or columns, and to that of the lower parts.
 */
struct Matrices {
  const char* first;
  int64_t row, next, beside, lower;
};

/**
 * A block of one or two by one or two matrices of sums in the registers, which are those of a MatrixRegisters of this
 * thread. `clear` and `load` begin one, `add` adds the products of `depth` matrices of each side, `store` ends it; rows of
 * its matrices lie `step` numbers apart.
 */
struct SumsInRegisters {
  const int rows, columns;
  void clear() const;
  void load(const float* sums, int64_t step) const;
  void store(float* sums, int64_t step) const;
  template <int parts>
  void add(const Matrices& left, const Matrices& right, int64_t depth) const;
};

}  // namespace inception::INCEPTION_SET
#endif
