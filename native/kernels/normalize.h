// What takes the numbers of a map to their normalized ones, before the ReLU.
#pragma once
#include "stretches.h"

namespace inception::INCEPTION_SET {

/** The channels' figures as they lie in the slots. */
struct Normal {
  const std::vector<float> mean, factor, offset;

  Normal(const Slots& slots, const float* scale, const float* offsets, const float* means, const float* inverse)
      : mean(slots.spread(means)),
        factor(product(slots.spread(scale), slots.spread(inverse))),
        offset(slots.spread(offsets)) {}

 private:
  static std::vector<float> product(std::vector<float> a, const std::vector<float>& b) {
    std::transform(a.begin(), a.end(), b.begin(), a.begin(), [](float x, float y) { return x * y; });
    return a;
  }
};

/** Copied into the loops over a map, which then need not look up where the figures lie: up to a tenth faster. */
struct Normalize {
  const float *mean, *factor, *offset;

  explicit Normalize(const Normal& normal)
      : mean(normal.mean.data()), factor(normal.factor.data()), offset(normal.offset.data()) {}

  WITH_VECTORS inline Vector operator()(const Vector& x, int64_t slot) const {
    return (x - at(mean + slot)) * at(factor + slot) + at(offset + slot);
  }
};

}  // namespace inception::INCEPTION_SET
