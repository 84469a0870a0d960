#include "products.h"

#include <algorithm>

#include "vectors.h"

namespace inception {
namespace {

template <int rows>
WITH_FMA void tile(const float* left, int64_t step, const float* panel, int64_t depth, float* sums) {
  Vector low[rows] = {}, high[rows] = {};
  for (int64_t k = 0; k < depth; k++, panel += productColumns) {
    const Vector first = at(panel), second = at(panel + lanes);
    // The panel of the next point, which comes right after.
    __builtin_prefetch(panel + depth * productColumns);
#pragma GCC unroll 6
    for (int row = 0; row < rows; row++) {
      const Vector x = eight(left[row * step + k]);
      low[row] += x * first;
      high[row] += x * second;
    }
  }
#pragma GCC unroll 6
  for (int row = 0; row < rows; row++) {
    at(sums + row * productColumns) = low[row];
    at(sums + row * productColumns + lanes) = high[row];
  }
}

using Tile = void (*)(const float*, int64_t, const float*, int64_t, float*);
constexpr Tile tiles[productRows] = {tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>};

}  // namespace

void multiplyPanel(const float* left, int64_t step, int64_t rows, const float* panel, int64_t depth, float* sums) {
  for (int64_t row = 0; row < rows; row += productRows)
    tiles[std::min(productRows, rows - row) - 1](left + row * step, step, panel, depth, sums + row * productColumns);
}

}  // namespace inception
