// The decay of a vector of weights as a part of its gradient (L2).
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

}  // namespace inception
