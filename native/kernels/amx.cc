#include "amx.h"

#if INCEPTION_LANES == 16
// The assembler knows the registers by number alone, and the compiler uses none.
#define LOAD(matrix, from, step) asm volatile("tileloadd (%0,%1,1), %%tmm" #matrix : : "r"(from), "r"(step) : "memory")
#define STORE(matrix, to) asm volatile("tilestored %%tmm" #matrix ", (%0,%1,1)" : : "r"(to), "r"(line) : "memory")
#define ADD(sum, left, right) asm volatile("tdpbf16ps %tmm" #right ", %tmm" #left ", %tmm" #sum)

namespace inception::INCEPTION_SET {
namespace {

constexpr int64_t line = 64, leftBytes = 1024, rightBytes = 64 * matrixDepth;

/** 0 to 3 are the sums, 4 and 5 the left matrices, 6 and 7 the right ones. */
template <int rows, int columns>
WITH_MATRICES void add(const MatrixFactors& factors, float* sums, int64_t step) {
  LOAD(0, sums, line);
  if constexpr (columns == 2) LOAD(1, sums + matrixSize, line);
  if constexpr (rows == 2) LOAD(2, sums + step, line);
  if constexpr (rows == 2 && columns == 2) LOAD(3, sums + step + matrixSize, line);
  const char *left = factors.left, *right = factors.right;
  for (int64_t i = 0; i < factors.depth; i++, left += leftBytes, right += rightBytes) {
    LOAD(4, left, line);
    LOAD(6, right, 2 * line);
    ADD(0, 4, 6);
    if constexpr (columns == 2) {
      LOAD(7, right + factors.rightStep, 2 * line);
      ADD(1, 4, 7);
    }
    if constexpr (rows == 2) {
      LOAD(5, left + factors.leftStep, line);
      ADD(2, 5, 6);
      if constexpr (columns == 2) ADD(3, 5, 7);
    }
  }
  STORE(0, sums);
  if constexpr (columns == 2) STORE(1, sums + matrixSize);
  if constexpr (rows == 2) STORE(2, sums + step);
  if constexpr (rows == 2 && columns == 2) STORE(3, sums + step + matrixSize);
}

}  // namespace

void addMatrices(const MatrixFactors& factors, int rows, int columns, float* sums, int64_t step) {
  if (rows == 2) columns == 2 ? add<2, 2>(factors, sums, step) : add<2, 1>(factors, sums, step);
  else columns == 2 ? add<1, 2>(factors, sums, step) : add<1, 1>(factors, sums, step);
}

}  // namespace inception::INCEPTION_SET
#endif
