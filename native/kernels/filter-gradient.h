// What it computes stands in kernel-set.h.
#pragma once
#include "../convolution.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

template <class Number>
void filterGradient(const Convolution& of, const Number* input, const std::vector<Slope<Number>>& slopes, int threads);

}  // namespace inception::INCEPTION_SET
