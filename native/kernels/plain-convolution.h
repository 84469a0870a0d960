// What it computes stands in kernel-set.h.
#pragma once
#include "../convolution.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

template <class Number>
void plainConvolution(const Convolution& of, bool backward, const SideBySide<Number>& maps, int threads);

}  // namespace inception::INCEPTION_SET
