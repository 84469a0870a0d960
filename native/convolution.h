// A convolution: maps in NHWC, filters as rows x columns x channels x filters.
#pragma once
#include <cstdint>

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

}  // namespace inception
