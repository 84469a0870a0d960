// The arithmetic at the bottom: a tile of sums that stays in registers, and the order of the numbers it reads.
//
// With maps in NHWC the gradient for one place of the filter is a product of two tall matrices, (pixels x channels)^T times
// (pixels x filters). A tile of it is `tileRows` channels by `tileColumns` filters: twelve accumulators of eight numbers,
// two of dy and one of the input fill the sixteen registers of AVX2. Panels hold, pixel after pixel, what one tile reads.
#pragma once
#include <cstddef>
#include <cstdint>

namespace inception {

constexpr int64_t tileRows = 6, tileColumns = 16;

/** Pixels that lie side by side in both panels. */
struct Run {
  int64_t input, dy, length;
};

/** Adds the products of all runs to a tile of `rows` (1 to 6) by `columns` (1 to 16) numbers whose rows lie `step` apart. */
void addProducts(const Run* runs, size_t count, const float* inputPanel, const float* dyPanel, float* sums, int64_t step,
                 int64_t rows, int64_t columns);

/** Panels of `tileColumns` filters, each `pixels` long, the last one filled up with zeros. */
void packGradient(const float* dy, int64_t pixels, int64_t filters, float* panels);

/** Every `stride`-th row and column of a batch of maps; the steps lie between the first numbers of neighbours. */
struct View {
  const float* numbers;
  int64_t height, width;
  int64_t pictureStep, rowStep, columnStep;
};

/** Panels of `tileRows` channels, `panelSize` numbers apart, of `rows` rows from `first` on, counted through all pictures. */
void packInput(const View& view, int64_t first, int64_t rows, int64_t fromChannel, int64_t toChannel, int64_t panelSize,
               float* panels);

}  // namespace inception
