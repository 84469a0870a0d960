// The gradient of a convolution's filter in float32: maps in NHWC, filters as rows x columns x channels x filters.
#pragma once
#include <cstdint>

struct Convolution {
  int64_t batch, height, width, channels;
  int64_t outHeight, outWidth, filters;
  int64_t rows, columns, stride;
  /** Zeros above and to the left of the map. */
  int64_t top, left;
};

/**
 * Writes rows * columns * channels * filters sums over all places of the map. The places are split into `parts`, each on a
 * thread of its own, and the parts are added in order: the same bits every time for the same number of parts.
 */
void filterGradient(const Convolution& of, const float* input, const float* dy, float* gradient, int parts);
