// TensorFlow's statuses and tensors as values that free themselves.
#pragma once
#include <memory>

#include "bfloat16.h"
#include "tensorflow.h"

namespace inception {

using Status = std::unique_ptr<TF_Status, decltype(&TF_DeleteStatus)>;
using Tensor = std::unique_ptr<TF_Tensor, decltype(&TF_DeleteTensor)>;

inline Status newStatus() { return {TF_NewStatus(), TF_DeleteStatus}; }
inline bool ok(const Status& status) { return TF_GetCode(status.get()) == TF_OK; }

inline Tensor noTensor() { return {nullptr, TF_DeleteTensor}; }
template <class Number = float>
Number* numbersOf(const Tensor& tensor) {
  return static_cast<Number*>(TF_TensorData(tensor.get()));
}

template <class Number>
constexpr TF_DataType typeOf = TF_FLOAT;
template <>
constexpr TF_DataType typeOf<Bfloat16> = TF_BFLOAT16;

inline int64_t sizeOf(const Tensor& tensor, int dimension) { return TF_Dim(tensor.get(), dimension); }

}  // namespace inception
