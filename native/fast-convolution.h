// Convolution with stride 1 by the matrices of cook-toom.h: 36 products instead of 144 for four by four results of a 3x3
// filter, ten instead of 28 for four of a 1x7 one.
#pragma once
#include "convolution.h"

struct FastConvolution {
  Convolution of;
  /**
   * The filter is that of another convolution, whose input's gradient this one computes from its output's: turned by half a
   * turn, with channels and filters exchanged.
   */
  bool backward;
  /** One for each filter, or null. */
  const float* bias;
  bool relu;
};

/**
 * Writes the output; false if there are no matrices for a filter of this size: only for 3x3, 5x5, and 1x3 and 1x7 either way
 * up. At most `parts` threads share the work; each result is computed alike on any of them. The error is some 1e-6 of the
 * largest result for filters of three and five, up to 1e-5 for seven; that of a sum of products is 2e-7.
 */
bool fastConvolution(const FastConvolution& convolution, const float* input, const float* filter, float* output, int parts);
