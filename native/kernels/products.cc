#include "products.h"

#include <algorithm>
#include <array>
#include <utility>

namespace inception::INCEPTION_SET {
namespace {

template <int rows>
WITH_VECTORS void tile(const float* left, int64_t step, const float* panel, int64_t depth, float* target) {
  Vector sums[rows][tileVectors] = {};
  for (int64_t k = 0; k < depth; k++, panel += tileColumns) {
    Vector right[tileVectors];
    for (int64_t i = 0; i < tileVectors; i++) right[i] = at(panel + i * lanes);
    // The panel of the next point, which comes right after.
    __builtin_prefetch(panel + depth * tileColumns);
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++) {
      const Vector x = all(left[row * step + k]);
      for (int64_t i = 0; i < tileVectors; i++) sums[row][i] += x * right[i];
    }
  }
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++)
    for (int64_t i = 0; i < tileVectors; i++) at(target + row * tileColumns + i * lanes) = sums[row][i];
}

using Tile = void (*)(const float*, int64_t, const float*, int64_t, float*);

template <size_t... rows>
constexpr std::array<Tile, sizeof...(rows)> tilesOf(std::index_sequence<rows...>) {
  return {tile<rows + 1>...};
}
constexpr auto tiles = tilesOf(std::make_index_sequence<productRows>());

}  // namespace

void multiplyPanel(const float* left, int64_t step, int64_t rows, const float* panel, int64_t depth, float* sums) {
  for (int64_t row = 0; row < rows; row += productRows)
    tiles[static_cast<size_t>(std::min(productRows, rows - row) - 1)](left + row * step, step, panel, depth,
                                                                   sums + row * tileColumns);
}

}  // namespace inception::INCEPTION_SET
