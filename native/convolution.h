// A convolution: maps in NHWC, filters as rows x columns x channels x filters.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace inception {

struct Convolution {
  int64_t batch, height, width, channels;
  int64_t outHeight, outWidth, filters;
  int64_t rows, columns, stride;
  /** Zeros above and to the left of the map. */
  int64_t top, left;
};

/** What follows each sum. */
struct Finish {
  /** One for each filter, or null. */
  const float* bias;
  bool relu;
};

template <class Number>
struct Source {
  const Number* numbers;
  int64_t channels;
};
template <class Number>
struct Target {
  Number* numbers;
  int64_t channels;
  /** One for each channel, or null. */
  const float* bias;
};

/**
 * Convolutions side by side, of the same window on maps of the same size: of one source, a target each, or of several
 * sources, whose results are added up in one target. A filter for each.
 */
template <class Number>
struct SideBySide {
  std::vector<Source<Number>> sources;
  std::vector<Target<Number>> targets;
  std::vector<const float*> filters;
  bool relu;

  /** One of them, of the same window as the given one. */
  Convolution between(Convolution of, std::size_t source, std::size_t target) const {
    of.channels = sources[source].channels, of.filters = targets[target].channels;
    return of;
  }
};

/** A gradient of the filter of one convolution among several of the same source, from that of its target. */
template <class Number>
struct Slope {
  const Number* dy;
  int64_t filters;
  float* gradient;
};

}  // namespace inception
