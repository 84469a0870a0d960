// The decay of a vector of weights as a part of its gradient (L2).
#pragma once
#include <cstdint>

namespace inception {

struct Decay {
  int64_t count;
  float decay;
};

}  // namespace inception
