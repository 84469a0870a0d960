// What these compute stands in kernel-set.h.
#pragma once
#include "../batch-norm.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

template <class Number>
void batchNorm(const BatchNorm& norm, const Number* x, const float* scale, const float* offset, Number* y,
               const Statistics& statistics, int threads);

template <class Number>
void batchNormGradient(const BatchNorm& norm, const Number* dy, const Number* x, const float* scale, const float* offset,
                       const float* mean, const float* inverse, const BatchNormGradient<Number>& gradient, int threads);

}  // namespace inception::INCEPTION_SET
