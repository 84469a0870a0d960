// The gradient of a convolution's filter.
#pragma once
#include "convolution.h"

/**
 * Writes rows * columns * channels * filters sums over all places of the map. The places are split into `parts`, each on a
 * thread of its own, and the parts are added in order: the same bits every time for the same number of parts.
 */
void filterGradient(const Convolution& of, const float* input, const float* dy, float* gradient, int parts);
