// The arithmetic at the bottom: a tile of sums that stays in registers, and the order of the numbers it reads.
//
// With maps in NHWC the gradient for one place of the filter is a product of two tall matrices, (pixels x channels)^T times
// (pixels x filters). A tile of it is `tileRows` channels by one or two panels of `tileColumns` filters. Panels hold, pixel
// after pixel, what one tile reads: of float32 the number, of bfloat16 a pair, the number and that of the pixel after it. The
// product of two pairs covers two pixels, from any pixel on.
#pragma once
#include <cstddef>

#include "vectors.h"

namespace inception::INCEPTION_SET {

/** The lower half belongs to the pixel itself. */
using Pair = uint32_t;

template <class Number>
struct EntryOf {
  using Type = float;
};
template <>
struct EntryOf<Bfloat16> {
  using Type = Pair;
};
/** What a panel holds for one number. */
template <class Number>
using Entry = typename EntryOf<Number>::Type;

/** Pixels that lie side by side in both panels. */
struct Run {
  int64_t input, dy, length;
};

/** Columns of a tile of sums: one or two panels. */
constexpr int64_t columnsAtOnce = panelsAtOnce * tileColumns;

/**
 * Adds the products of all runs to a tile of `rows` (1 to `tileRows`) by `columns` (1 to `columnsAtOnce`) numbers whose rows
 * lie `step` apart, dy's panels `dyStep` entries. Of pairs the products are exact; sums are float32 throughout.
 */
void addProducts(const Run* runs, size_t count, const float* inputPanel, const float* dyPanels, int64_t dyStep,
                 float* sums, int64_t step, int64_t rows, int64_t columns);
void addProducts(const Run* runs, size_t count, const Pair* inputPanel, const Pair* dyPanels, int64_t dyStep, float* sums,
                 int64_t step, int64_t rows, int64_t columns);

/** The same of `count` pixels, where the left matrix's rows lie `inputStep` apart. */
void addProducts(int64_t count, const float* input, int64_t inputStep, const float* dyPanels, int64_t dyStep, float* sums,
                 int64_t step, int64_t rows, int64_t columns);

/** Panels of `tileColumns` filters, each `pixels` long, the last one filled up with zeros; pixels lie `step` apart. */
template <class Number>
void packGradient(const Number* dy, int64_t pixels, int64_t step, int64_t filters, Entry<Number>* panels);

/** Every `stride`-th row and column of a batch of maps; the steps lie between the first numbers of neighbours. */
template <class Number>
struct View {
  const Number* numbers;
  int64_t height, width;
  int64_t pictureStep, rowStep, columnStep;

  /** Of a row counted through all pictures. */
  const Number* row(int64_t index) const { return numbers + index / height * pictureStep + index % height * rowStep; }
};

/** Panels of `tileRows` channels, `panelSize` entries apart, of `rows` rows from `first` on, counted through all pictures. */
template <class Number>
void packInput(const View<Number>& view, int64_t first, int64_t rows, int64_t fromChannel, int64_t toChannel,
               int64_t panelSize, Entry<Number>* panels);

}  // namespace inception::INCEPTION_SET
