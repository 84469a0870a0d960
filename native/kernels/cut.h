// How the gradient of filters by plain sums is cut.
#pragma once
#include "../convolution.h"
#include "pieces.h"

namespace inception::INCEPTION_SET {

constexpr int64_t panelsOf(int64_t channels) { return tilesOf(channels, tileRows); }

/** Rows one after the other, counted through all pictures. */
struct Rows {
  int64_t first, count;
};

struct Piece {
  /** Of the output. */
  Rows rows;
  Range channels, filters;
};

/**
 * Parts of the rows, by the convolution alone: each has sums of its own that are added in order. And blocks of the channels and
 * filters, on which no sum depends, as many as the threads want.
 */
struct Cut {
  static constexpr int64_t mostParts = 8, fewestPixels = 2048, numbersOfSums = 1 << 19;
  const Convolution& of;
  const int64_t rows, size = of.rows * of.columns * of.channels * of.filters;
  const int64_t most = std::min({mostParts, rows, numbersOfSums / size, rows * of.outWidth / fewestPixels});
  const int64_t parts = std::max<int64_t>(1, most);
  const Grid grid;
  const int64_t blocks = grid.channels * grid.filters;

  Cut(const Convolution& convolution, int64_t all, int threads)
      : of(convolution),
        rows(all),
        grid(panelsOf(of.channels), tilesOf(of.filters, tileColumns),
             tilesOf(piecesFor(threads, rows * of.outWidth * size), parts)) {}

  Piece piece(int64_t index) const {
    const int64_t part = index / blocks, block = index % blocks;
    const Range ofPart = partOf({0, rows}, parts, part);
    return {{ofPart.from, ofPart.count()},
            partOf({0, of.channels}, grid.channels, block / grid.filters, tileRows),
            partOf({0, of.filters}, grid.filters, block % grid.filters, tileColumns)};
  }
};

}  // namespace inception::INCEPTION_SET
