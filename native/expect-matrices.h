// Whether there are matrices for a convolution.
#pragma once
#include "expect.h"
#include "kernel-set.h"

namespace inception {

inline void expectMatrices(const Status& status, const Convolution& of) {
  if (!ok(status) || kernelSet()->transformedSize(of) > 0) return;
  const std::string got = std::to_string(of.rows) + "x" + std::to_string(of.columns);
  const std::string stride = of.stride > 1 ? " with stride " + std::to_string(of.stride) : "";
  refuse(status, TF_INVALID_ARGUMENT, "filter: expected 3x3, 5x5, 1x3, 3x1, 1x7 or 7x1, got " + got + stride);
}

}  // namespace inception
