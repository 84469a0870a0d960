#include "products.h"

#include <algorithm>
#include <array>
#include <utility>

namespace inception::INCEPTION_SET {
namespace {

template <int rows, int panels>
WITH_VECTORS void tile(const float* left, int64_t step, const float* right, int64_t depth, float* target,
                       PanelSteps steps) {
  constexpr int64_t vectors = panels * tileVectors;
  const auto place = [](int64_t vector, int64_t panelStep) {
    return vector / tileVectors * panelStep + vector % tileVectors * lanes;
  };
  Vector sums[rows][vectors] = {};
  for (int64_t first = 0; first < depth; first += lanes, left += step)
    for (int64_t k = 0; k < std::min(lanes, depth - first); k++, right += tileColumns) {
      Vector columns[vectors];
      for (int64_t i = 0; i < vectors; i++) columns[i] = at(right + place(i, steps.right));
      // The panel of the next point, which comes right after.
      for (int64_t panel = 0; panel < panels; panel++)
        __builtin_prefetch(right + panel * steps.right + depth * tileColumns);
#pragma GCC unroll 16
      for (int row = 0; row < rows; row++) {
        const Vector x = all(left[row * lanes + k]);
        for (int64_t i = 0; i < vectors; i++) sums[row][i] += x * columns[i];
      }
    }
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++)
    for (int64_t i = 0; i < vectors; i++) at(target + row * tileColumns + place(i, steps.sums)) = sums[row][i];
}

using Tile = void (*)(const float*, int64_t, const float*, int64_t, float*, PanelSteps);

template <int panels, size_t... rows>
constexpr std::array<Tile, sizeof...(rows)> tilesOf(std::index_sequence<rows...>) {
  return {tile<rows + 1, panels>...};
}
template <int panels>
constexpr auto tiles = tilesOf<panels>(std::make_index_sequence<tileRows>());

}  // namespace

void multiplyPanels(const float* left, int64_t step, int64_t rows, const float* right, int64_t depth, float* sums,
                    int64_t panels, PanelSteps steps) {
  for (int64_t row = 0; row < rows; row += tileRows) {
    const auto index = static_cast<size_t>(std::min(tileRows, rows - row) - 1);
    const Tile fitting = panels == 1 ? tiles<1>[index] : tiles<panelsAtOnce>[index];
    fitting(left + row * lanes, step, right, depth, sums + row * tileColumns, steps);
  }
}

}  // namespace inception::INCEPTION_SET
