// The decay of a vector of weights as a part of its gradient (L2), and their update by it.
#pragma once
#include <cstdint>
#include <vector>

namespace inception {

struct Decay {
  /** Of the weights, and so many together the parts of their gradient have. */
  int64_t count;
  float decay;
};

/** Some of a vector's numbers. */
struct Part {
  const float* numbers;
  int64_t count;
};

/** RMSProp with momentum, as `rmsprop` in kernel-set.h computes it: its constants, and the factors of one step. */
struct Rmsprop {
  float decay, momentum, epsilon;
  float clipFactor, rate, averageRate;
};

/** What is kept of each weight; the running average may be null. */
template <class Number>
struct Kept {
  Number *weights, *meanSquares, *momentum, *average;
};

}  // namespace inception
