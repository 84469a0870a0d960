// What a kernel is given: its attributes, its inputs, room for its outputs. Once a status has failed, none of these does
// anything.
#pragma once
#include <vector>

#include "expect.h"

namespace inception {

/** Reads attributes one after the other. */
struct AttributeReader {
  TF_OpKernelConstruction* construction;
  const Status& status;

  void operator()(const char* name, int64_t& value) const {
    if (ok(status)) TF_OpKernelConstruction_GetAttrInt64(construction, name, &value, status.get());
  }
  void operator()(const char* name, float& value) const {
    if (ok(status)) TF_OpKernelConstruction_GetAttrFloat(construction, name, &value, status.get());
  }
  void operator()(const char* name, bool& value) const {
    unsigned char byte = 0;
    if (ok(status)) TF_OpKernelConstruction_GetAttrBool(construction, name, &byte, status.get());
    value = byte != 0;
  }
  template <int count>
  void operator()(const char* name, int64_t (&values)[count]) const {
    int32_t length = 0, bytes = 0;
    if (ok(status)) TF_OpKernelConstruction_GetAttrSize(construction, name, &length, &bytes, status.get());
    if (ok(status)) expectEqual(status, std::string(name) + "'s length", count, length);
    if (ok(status)) TF_OpKernelConstruction_GetAttrInt64List(construction, name, values, count, status.get());
  }

  /** The attribute `threads`: on how many of them a kernel shares its work. */
  int threads() const {
    int64_t value = 1;
    (*this)("threads", value);
    expectBetween(status, "threads", 1, 1024, value);
    return static_cast<int>(value);
  }
};

inline Tensor inputOf(TF_OpKernelContext* context, int index, const Status& status) {
  TF_Tensor* tensor = nullptr;
  if (ok(status)) TF_GetInput(context, index, &tensor, status.get());
  return {tensor, TF_DeleteTensor};
}

inline std::vector<Tensor> inputsOf(TF_OpKernelContext* context, int64_t first, int64_t count, const Status& status) {
  std::vector<Tensor> inputs;
  for (int64_t i = 0; i < count; i++) inputs.push_back(inputOf(context, static_cast<int>(first + i), status));
  return inputs;
}

template <class Number = float, int dimensions>
Tensor outputOf(TF_OpKernelContext* context, int index, const int64_t (&sizes)[dimensions], const Status& status) {
  int64_t bytes = sizeof(Number);
  bool fits = true;
  for (const int64_t size : sizes) fits = fits && !__builtin_mul_overflow(bytes, size, &bytes);
  if (!fits) refuse(status, TF_INVALID_ARGUMENT, "output: expected a size in bytes below 2^63, got a larger one");
  if (!ok(status)) return noTensor();
  const auto length = static_cast<size_t>(bytes);
  return {TF_AllocateOutput(context, index, typeOf<Number>, sizes, dimensions, length, status.get()), TF_DeleteTensor};
}

}  // namespace inception
