// Convolution with stride 1 by the matrices of cook-toom.h: 36 products instead of 144 for four by four results of a 3x3
// filter, ten instead of 28 for four of a 1x7 one.
#pragma once
#include "convolution.h"

namespace inception {

/**
 * How many numbers the transform of the filter has; 0 where there are no matrices: only for 3x3, 5x5, and 1x3 and 1x7 either
 * way up.
 */
int64_t transformedSize(const Convolution& of);

/**
 * Writes the filter's transform. `backward`: the filter is that of another convolution, whose input's gradient `of` computes
 * from its output's: turned by half a turn, with channels and filters exchanged.
 */
void transformFilter(const Convolution& of, bool backward, const float* filter, float* transformed, int threads);

/** What follows each sum. */
struct Finish {
  /** One for each filter, or null. */
  const float* bias;
  bool relu;
};

/**
 * Writes the output from the filter's transform; on at most `threads` threads, the same bits on any number of
 * them. The error is some 1e-6 of the largest result for filters of three and five, up to 1e-5 for seven; that of a sum of
 * products is 2e-7.
 */
void fastConvolution(const Convolution& of, const Finish& finish, const float* input, const float* transformed,
                     float* output, int threads);

}  // namespace inception
