#include "amx.h"

#if INCEPTION_LANES == 16
// The assembler knows the registers by number alone, and the compiler uses none. 0 to 3 are the sums, 4 and 5 the left
// matrices, 6 and 7 the right ones.
#define CLEAR(matrix) asm volatile("tilezero %tmm" #matrix)
#define LOAD(matrix, from, step) asm volatile("tileloadd (%0,%1,1), %%tmm" #matrix : : "r"(from), "r"(step) : "memory")
#define STORE(matrix, to) asm volatile("tilestored %%tmm" #matrix ", (%0,%1,1)" : : "r"(to), "r"(line) : "memory")
#define ADD(sum, left, right) asm volatile("tdpbf16ps %tmm" #right ", %tmm" #left ", %tmm" #sum)

namespace inception::INCEPTION_SET {
namespace {

constexpr int64_t line = 64;

template <int rows>
WITH_MATRICES void loadLeft(const Matrices& left, const char* from) {
  LOAD(4, from, left.row);
  if constexpr (rows == 2) LOAD(5, from + left.beside, left.row);
}

template <int rows, int columns>
WITH_MATRICES void addTo(const Matrices& right, const char* from) {
  LOAD(6, from, right.row);
  ADD(0, 4, 6);
  if constexpr (rows == 2) ADD(2, 5, 6);
  if constexpr (columns == 2) {
    LOAD(7, from + right.beside, right.row);
    ADD(1, 4, 7);
    if constexpr (rows == 2) ADD(3, 5, 7);
  }
}

/** With the right matrices as they are. */
template <int rows, int columns>
WITH_MATRICES void addAgain() {
  ADD(0, 4, 6);
  if constexpr (rows == 2) ADD(2, 5, 6);
  if constexpr (columns == 2) ADD(1, 4, 7);
  if constexpr (rows == 2 && columns == 2) ADD(3, 5, 7);
}

template <int parts, int rows, int columns>
WITH_MATRICES void addProducts(const Matrices& left, const Matrices& right, int64_t depth) {
  const char *l = left.first, *r = right.first;
  for (int64_t i = 0; i < depth; i++, l += left.next, r += right.next) {
    loadLeft<rows>(left, l);
    if constexpr (parts == 2) addTo<rows, columns>(right, r + right.lower);
    addTo<rows, columns>(right, r);
    if constexpr (parts == 2) {
      loadLeft<rows>(left, l + left.lower);
      addAgain<rows, columns>();
    }
  }
}

}  // namespace

WITH_MATRICES void SumsInRegisters::clear() const {
  CLEAR(0);
  CLEAR(1);
  CLEAR(2);
  CLEAR(3);
}

WITH_MATRICES void SumsInRegisters::load(const float* sums, int64_t step) const {
  LOAD(0, sums, line);
  if (columns == 2) LOAD(1, sums + matrixSize, line);
  if (rows == 2) LOAD(2, sums + step, line);
  if (rows == 2 && columns == 2) LOAD(3, sums + step + matrixSize, line);
}

WITH_MATRICES void SumsInRegisters::store(float* sums, int64_t step) const {
  STORE(0, sums);
  if (columns == 2) STORE(1, sums + matrixSize);
  if (rows == 2) STORE(2, sums + step);
  if (rows == 2 && columns == 2) STORE(3, sums + step + matrixSize);
}

template <int parts>
void SumsInRegisters::add(const Matrices& left, const Matrices& right, int64_t depth) const {
  if (rows == 2)
    columns == 2 ? addProducts<parts, 2, 2>(left, right, depth) : addProducts<parts, 2, 1>(left, right, depth);
  else
    columns == 2 ? addProducts<parts, 1, 2>(left, right, depth) : addProducts<parts, 1, 1>(left, right, depth);
}

template void SumsInRegisters::add<1>(const Matrices&, const Matrices&, int64_t) const;
template void SumsInRegisters::add<2>(const Matrices&, const Matrices&, int64_t) const;

}  // namespace inception::INCEPTION_SET
#endif
