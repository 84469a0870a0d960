// What it computes stands in kernel-set.h.
#pragma once
#include "../convolution.h"
#include "vectors.h"

#if INCEPTION_LANES == 16
namespace inception::INCEPTION_SET {

template <class Number>
void amxConvolution(const Convolution& of, bool backward, const SideBySide<Number>& maps, int threads);

}  // namespace inception::INCEPTION_SET
#endif
