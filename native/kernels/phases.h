// A convolution with a stride as several without.
#pragma once
#include <algorithm>
#include <vector>

#include "../convolution.h"
#include "panels.h"

namespace inception::INCEPTION_SET {

/** A place of the filter and how far the pixels that it sees lie from the output's, in rows and columns of its phase. */
struct Place {
  int64_t index, down, right;
};

/** A convolution with stride s is the sum of s * s convolutions with stride 1, each on every s-th row and column. */
template <class Number>
struct Phase {
  View<Number> view;
  std::vector<Place> places;
};

template <class Number>
std::vector<Phase<Number>> phasesOf(const Convolution& of, const Number* input) {
  std::vector<Phase<Number>> phases;
  for (int64_t row = 0; row < std::min(of.stride, of.height); row++)
    for (int64_t column = 0; column < std::min(of.stride, of.width); column++) {
      const View<Number> view = {input + (row * of.width + column) * of.channels,
                         (of.height - row + of.stride - 1) / of.stride,
                         (of.width - column + of.stride - 1) / of.stride,
                         of.height * of.width * of.channels,
                         of.stride * of.width * of.channels,
                         of.stride * of.channels};
      std::vector<Place> places;
      for (int64_t index = 0; index < of.rows * of.columns; index++) {
        const int64_t down = index / of.columns - of.top - row, right = index % of.columns - of.left - column;
        if (down % of.stride == 0 && right % of.stride == 0) places.push_back({index, down / of.stride, right / of.stride});
      }
      if (!places.empty()) phases.push_back({view, places});
    }
  return phases;
}

}  // namespace inception::INCEPTION_SET
