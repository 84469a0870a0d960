// The gradient of a convolution's filter.
#pragma once
#include "convolution.h"

namespace inception {

/**
 * Writes rows * columns * channels * filters sums over all places of the map. The places are split into as many
 * parts as `threads`, which are added in order: the same bits every time for the same number.
 */
void filterGradient(const Convolution& of, const float* input, const float* dy, float* gradient, int threads);

}  // namespace inception
