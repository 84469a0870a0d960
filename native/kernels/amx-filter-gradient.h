// What it computes stands in kernel-set.h.
#pragma once
#include "../convolution.h"
#include "vectors.h"

#if INCEPTION_LANES == 16
namespace inception::INCEPTION_SET {

/** By the matrix registers, of which the processor must have some and the system allow their use. */
template <class Number>
void amxFilterGradient(const Convolution& of, const Number* input, const std::vector<Slope<Number>>& slopes, int threads);

}  // namespace inception::INCEPTION_SET
#endif
