// The matrix registers of AMX: eight of sixteen rows of 64 bytes. One instruction multiplies sixteen rows of 32 bfloat16
// numbers by sixteen columns of 32 and adds the 256 products' sums, which are float32. Only the widest set has them.
#pragma once
#include "panels.h"

#if INCEPTION_LANES == 16
#define WITH_MATRICES \
  __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))

namespace inception::INCEPTION_SET {

/** Rows and columns of a matrix of sums, and so many pixels lie in a row of the left matrix and a column of the right one. */
constexpr int64_t matrixSide = 16, matrixDepth = 32, matrixSize = matrixSide * matrixSide;

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
 * What one call multiplies. A left matrix holds sixteen rows of 32 numbers, `depth` of them follow each other; the right
 * ones lie in a panel of pairs of sixteen columns, pixel after pixel, of which every second is read. Both in bytes.
 */
struct MatrixFactors {
  const char *left, *right;
  int64_t leftStep, rightStep, depth;
};

/**
 * Adds to a block of one or two by one or two matrices of sums, whose rows of matrices lie `step` numbers apart.
 * The registers are those of a MatrixRegisters of this thread.
 */
void addMatrices(const MatrixFactors& factors, int rows, int columns, float* sums, int64_t step);

}  // namespace inception::INCEPTION_SET
#endif
