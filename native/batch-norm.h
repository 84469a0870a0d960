// Batch norm of a training step (Ioffe and Szegedy, arXiv:1502.03167) on maps in NHWC, which here are pixels x channels,
// with the ReLU after it, and its gradient.
#pragma once
#include <cstdint>

namespace inception {

/** As many as the widest vectors have numbers. */
constexpr int64_t fewestChannels = 16;

struct BatchNorm {
  int64_t pixels;
  /** At least `fewestChannels`. */
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

template <class Number>
struct BatchNormGradient {
  Number* x;
  float *scale, *offset;
};

}  // namespace inception
