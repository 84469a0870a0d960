// What these compute stands in kernel-set.h.
#pragma once
#include "../convolution.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

int64_t transformedSize(const Convolution& of);

void transformFilter(const Convolution& of, bool backward, const float* filter, float* transformed, int threads);

template <class Number>
void fastConvolution(const Convolution& of, const Finish& finish, const Number* input, const float* transformed,
                     Number* output, int threads);

}  // namespace inception::INCEPTION_SET
