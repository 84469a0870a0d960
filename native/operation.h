// Adding an operation to TensorFlow: its definition, and its kernel as a plain struct of attributes with two functions.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>

#include "tensorflow.h"

using Status = std::unique_ptr<TF_Status, decltype(&TF_DeleteStatus)>;
using Tensor = std::unique_ptr<TF_Tensor, decltype(&TF_DeleteTensor)>;

inline Status newStatus() { return {TF_NewStatus(), TF_DeleteStatus}; }
inline bool ok(const Status& status) { return TF_GetCode(status.get()) == TF_OK; }

/** Reads attributes one after the other; once one is missing, does nothing more. */
struct AttributeReader {
  TF_OpKernelConstruction* construction;
  const Status& status;

  void operator()(const char* name, int64_t& value) const {
    if (ok(status)) TF_OpKernelConstruction_GetAttrInt64(construction, name, &value, status.get());
  }
  template <int count>
  void operator()(const char* name, int64_t (&values)[count]) const {
    if (ok(status)) TF_OpKernelConstruction_GetAttrInt64List(construction, name, values, count, status.get());
  }
  void operator()(const char* name, float& value) const {
    if (ok(status)) TF_OpKernelConstruction_GetAttrFloat(construction, name, &value, status.get());
  }
  void operator()(const char* name, bool& value) const {
    unsigned char byte = 0;
    if (ok(status)) TF_OpKernelConstruction_GetAttrBool(construction, name, &byte, status.get());
    value = byte != 0;
  }
};

inline Tensor inputOf(TF_OpKernelContext* context, int index, const Status& status) {
  TF_Tensor* tensor = nullptr;
  if (ok(status)) TF_GetInput(context, index, &tensor, status.get());
  return {tensor, TF_DeleteTensor};
}

/** float32. */
template <int dimensions>
Tensor outputOf(TF_OpKernelContext* context, int index, const int64_t (&sizes)[dimensions], const Status& status) {
  if (!ok(status)) return {nullptr, TF_DeleteTensor};
  size_t bytes = sizeof(float);
  for (const int64_t size : sizes) bytes *= size;
  return {TF_AllocateOutput(context, index, TF_FLOAT, sizes, dimensions, bytes, status.get()), TF_DeleteTensor};
}

inline float* numbersOf(const Tensor& tensor) { return static_cast<float*>(TF_TensorData(tensor.get())); }

/**
 * `Kernel` reads itself from the attributes (`void read(const AttributeReader&)`) and computes
 * (`void compute(TF_OpKernelContext*, const Status&) const`). Runs as this library is loaded.
 */
template <class Kernel>
void registerOperation(const char* name, std::initializer_list<const char*> inputs,
                       std::initializer_list<const char*> outputs, std::initializer_list<const char*> attributes) {
  const Status status = newStatus();
  TF_OpDefinitionBuilder* operation = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(operation, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(operation, output);
  for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(operation, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(operation, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(operation, status.get());

  const auto create = [](TF_OpKernelConstruction* construction) -> void* {
    const Status status = newStatus();
    auto kernel = std::make_unique<Kernel>();
    kernel->read({construction, status});
    if (!ok(status)) TF_OpKernelConstruction_Failure(construction, status.get());
    return kernel.release();
  };
  const auto compute = [](void* kernel, TF_OpKernelContext* context) {
    const Status status = newStatus();
    static_cast<const Kernel*>(kernel)->compute(context, status);
    if (!ok(status)) TF_OpKernelContext_Failure(context, status.get());
  };
  const auto destroy = [](void* kernel) { delete static_cast<Kernel*>(kernel); };
  TF_KernelBuilder* builder = TF_NewKernelBuilder(name, "CPU", create, compute, destroy);
  if (ok(status)) TF_RegisterKernelBuilder(name, builder, status.get());
  if (ok(status)) return;
  std::fprintf(stderr, "%s: %s\n", name, TF_Message(status.get()));
  std::abort();
}
