// What it computes stands in kernel-set.h.
#pragma once
#include "../decay.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

void decayedGradient(const Decay& of, const std::vector<Part>& gradient, const float* weights, float* decayed,
                     float* halfSquares, int threads);

}  // namespace inception::INCEPTION_SET
