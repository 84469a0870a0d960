// Maps on a lattice on which every place of a filter lies equally far from any pixel of the output.
#pragma once
#include "phases.h"
#include "pieces.h"

namespace inception::INCEPTION_SET {

/**
 * Rows of one width and pictures of one height, zeros where a map has ended, so many that from any pixel of the output what a
 * place sees lies equally far: the sum over all of them is one product of matrices.
 */
struct Lattice {
  int64_t height = 0, width = 0;
  /** How far above and left of a pixel places lie, and how far below and right. */
  int64_t up = 0, left = 0, down = 0, right = 0;

  template <class Number>
  Lattice(const Convolution& of, const std::vector<Phase<Number>>& phases) {
    for (const auto& [view, places] : phases)
      for (const Place& place : places) {
        up = std::max(up, -place.down), down = std::max(down, place.down);
        left = std::max(left, -place.right), right = std::max(right, place.right);
      }
    height = of.outHeight + down, width = of.outWidth + right;
    for (const auto& [view, places] : phases) {
      height = std::max(height, std::min(view.height, of.outHeight + down) + up);
      width = std::max(width, std::min(view.width, of.outWidth + right) + left);
    }
  }

  int64_t far(const Place& place) const { return place.down * width + place.right; }
};

/** The nearest and the furthest of a phase's places. */
template <class Number>
Range reachOf(const Lattice& lattice, const Phase<Number>& phase) {
  Range reach = {lattice.far(phase.places.front()), lattice.far(phase.places.front())};
  for (const Place& place : phase.places)
    reach = {std::min(reach.from, lattice.far(place)), std::max(reach.to, lattice.far(place))};
  return reach;
}

/** What places see of it. */
template <class Number>
View<Number> seenOf(const Convolution& of, const Lattice& lattice, View<Number> view) {
  view.height = std::min(view.height, of.outHeight + lattice.down);
  view.width = std::min(view.width, of.outWidth + lattice.right);
  return view;
}

/** The output's pixels, as a map of its own. */
template <class Number>
View<Number> outputView(const Convolution& of, const Number* output) {
  return {output, of.outHeight, of.outWidth, of.outHeight * of.outWidth * of.filters, of.outWidth * of.filters, of.filters};
}

/** A map's pixels one after the other from any place of a lattice on. */
template <class Number>
class Walk {
  const Lattice& lattice;
  const View<Number> view;
  const int64_t pictures;
  const Number* const elsewhere;
  const int64_t ahead = roundUp(4096 / static_cast<int64_t>(sizeof(Number)), view.columnStep);
  int64_t row, column;
  const Number* pixels;

  void begin() {
    const int64_t picture = row / lattice.height, inside = row % lattice.height;
    const bool exists = row >= 0 && picture < pictures && inside < view.height;
    pixels = exists ? view.numbers + picture * view.pictureStep + inside * view.rowStep : nullptr;
  }

 public:
  /** `nothing` is what it gives where there is no pixel. */
  Walk(const Lattice& of, const View<Number>& map, int64_t count, const Number* nothing, int64_t first)
      : lattice(of), view(map), pictures(count), elsewhere(nothing) {
    const int64_t above = first < 0 ? tilesOf(-first, lattice.width) : 0;
    row = (first + above * lattice.width) / lattice.width - above;
    column = first - row * lattice.width;
    begin();
  }

  /** Fetches the same numbers of a pixel that comes a page of memory later, about. */
  void fetchAfter(const Number* numbers) const { __builtin_prefetch(numbers + ahead); }

  const Number* nothing() const { return elsewhere; }

  const Number* next() {
    const Number* pixel = pixels && column < view.width ? pixels + column * view.columnStep : elsewhere;
    if (++column == lattice.width) column = 0, row++, begin();
    return pixel;
  }
};

}  // namespace inception::INCEPTION_SET
