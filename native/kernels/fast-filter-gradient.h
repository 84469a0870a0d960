// What it computes stands in kernel-set.h.
#pragma once
#include "../convolution.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

template <class Number>
void fastFilterGradient(const Convolution& of, const Number* input, const Number* dy, float* gradient, int threads);

}  // namespace inception::INCEPTION_SET
