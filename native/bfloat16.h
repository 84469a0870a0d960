// The upper half of a float32: its sign, its exponent and seven bits of its fraction.
#pragma once
#include <cstdint>

namespace inception {

struct Bfloat16 {
  uint16_t bits;
};

}  // namespace inception
