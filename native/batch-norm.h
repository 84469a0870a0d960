// Batch norm of a training step (Ioffe and Szegedy, arXiv:1502.03167) on maps in NHWC, which here are pixels x channels,
// with the ReLU after it, and its gradient.
#pragma once
#include <cstdint>

namespace inception {

struct BatchNorm {
  int64_t pixels;
  /** At least 8. */
  int64_t channels;
  float epsilon;
  bool relu;
};

/** One number for each channel: of the gradient's inputs and outputs, too. */
struct Statistics {
  float* mean;
  /** With Bessel's correction. */
  float* variance;
  /** 1 / sqrt(variance + epsilon), without the correction. */
  float* inverse;
};

/** The same to the bit for any number of `threads`. */
void batchNorm(const BatchNorm& norm, const float* x, const float* scale, const float* offset, float* y,
               const Statistics& statistics, int threads);

struct BatchNormGradient {
  float *x, *scale, *offset;
};

/** From the gradient `dy` of y; whether the ReLU let a number through is computed again from x. */
void batchNormGradient(const BatchNorm& norm, const float* dy, const float* x, const float* scale, const float* offset,
                       const float* mean, const float* inverse, const BatchNormGradient& gradient, int threads);

}  // namespace inception
