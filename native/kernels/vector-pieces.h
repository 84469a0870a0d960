// How the work on a long vector is cut, whose parts may lie apart.
#pragma once
#include <algorithm>

#include "../decay.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

/** Of one part, and its place among all numbers. */
struct VectorPiece {
  Part part;
  int64_t first;
};

/** The same for any number of threads. */
inline std::vector<VectorPiece> vectorPieces(const std::vector<Part>& parts) {
  constexpr int64_t numbersAtOnce = 16384;
  std::vector<VectorPiece> pieces;
  int64_t first = 0;
  for (const auto& [numbers, count] : parts) {
    for (int64_t from = 0; from < count; from += numbersAtOnce)
      pieces.push_back({{numbers + from, std::min(numbersAtOnce, count - from)}, first + from});
    first += count;
  }
  return pieces;
}

}  // namespace inception::INCEPTION_SET
