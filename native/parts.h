// Tensors of one dimension as the parts of one vector.
#pragma once
#include "decay.h"
#include "expect.h"

namespace inception {

inline std::vector<Part> partsFrom(const Status& status, const std::string& name, const std::vector<Tensor>& tensors) {
  std::vector<Part> parts;
  for (const Tensor& tensor : tensors) {
    expectTensor(status, name, tensor, 1);
    if (ok(status)) parts.push_back({numbersOf(tensor), sizeOf(tensor, 0)});
  }
  return parts;
}

inline int64_t countOf(const std::vector<Part>& parts) {
  int64_t count = 0;
  for (const Part& part : parts) count += part.count;
  return count;
}

}  // namespace inception
