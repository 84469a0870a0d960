// TensorFlow's statuses and tensors as values that free themselves.
#pragma once
#include <memory>

#include "tensorflow.h"

namespace inception {

using Status = std::unique_ptr<TF_Status, decltype(&TF_DeleteStatus)>;
using Tensor = std::unique_ptr<TF_Tensor, decltype(&TF_DeleteTensor)>;

inline Status newStatus() { return {TF_NewStatus(), TF_DeleteStatus}; }
inline bool ok(const Status& status) { return TF_GetCode(status.get()) == TF_OK; }

inline Tensor noTensor() { return {nullptr, TF_DeleteTensor}; }
inline float* numbersOf(const Tensor& tensor) { return static_cast<float*>(TF_TensorData(tensor.get())); }
inline int64_t sizeOf(const Tensor& tensor, int dimension) { return TF_Dim(tensor.get(), dimension); }

}  // namespace inception
