// What it computes stands in kernel-set.h.
#pragma once
#include "../decay.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

void rmsprop(const Decay& of, const Rmsprop& step, const std::vector<Part>& gradient, const Kept<const float>& before,
             const Kept<float>& after, int threads);

}  // namespace inception::INCEPTION_SET
