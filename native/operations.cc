// Tells TensorFlow, as this library is loaded, of the operations that the project brings along.
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>

#include "filter-gradient.h"
#include "tensorflow.h"

namespace {

constexpr const char* filterGradientName = "InceptionFilterGradient";

using Status = std::unique_ptr<TF_Status, decltype(&TF_DeleteStatus)>;
using Tensor = std::unique_ptr<TF_Tensor, decltype(&TF_DeleteTensor)>;

Status newStatus() { return {TF_NewStatus(), TF_DeleteStatus}; }
bool ok(const Status& status) { return TF_GetCode(status.get()) == TF_OK; }

struct Attributes {
  int64_t filter[4], padding[2], stride, parts;
};

void* createFilterGradient(TF_OpKernelConstruction* construction) {
  const Status status = newStatus();
  auto attributes = std::make_unique<Attributes>();
  TF_OpKernelConstruction_GetAttrInt64List(construction, "filter", attributes->filter, 4, status.get());
  if (ok(status)) TF_OpKernelConstruction_GetAttrInt64List(construction, "padding", attributes->padding, 2, status.get());
  if (ok(status)) TF_OpKernelConstruction_GetAttrInt64(construction, "stride", &attributes->stride, status.get());
  if (ok(status)) TF_OpKernelConstruction_GetAttrInt64(construction, "parts", &attributes->parts, status.get());
  if (!ok(status)) TF_OpKernelConstruction_Failure(construction, status.get());
  return attributes.release();
}

void destroyFilterGradient(void* kernel) { delete static_cast<Attributes*>(kernel); }

Tensor input(TF_OpKernelContext* context, int index, const Status& status) {
  TF_Tensor* tensor = nullptr;
  TF_GetInput(context, index, &tensor, status.get());
  return {tensor, TF_DeleteTensor};
}

void computeFilterGradient(void* kernel, TF_OpKernelContext* context) {
  const auto& [filter, padding, stride, parts] = *static_cast<const Attributes*>(kernel);
  const Status status = newStatus();
  const Tensor map = input(context, 0, status), dy = input(context, 1, status);
  if (!ok(status)) return TF_OpKernelContext_Failure(context, status.get());
  const auto size = [](const Tensor& tensor, int dimension) { return TF_Dim(tensor.get(), dimension); };
  const Convolution of = {size(map, 0), size(map, 1), size(map, 2), filter[2],  size(dy, 1), size(dy, 2),
                          filter[3],    filter[0],    filter[1],    stride, padding[0],  padding[1]};
  const size_t bytes = sizeof(float) * filter[0] * filter[1] * filter[2] * filter[3];
  const Tensor gradient = {TF_AllocateOutput(context, 0, TF_FLOAT, filter, 4, bytes, status.get()), TF_DeleteTensor};
  if (!ok(status)) return TF_OpKernelContext_Failure(context, status.get());
  filterGradient(of, static_cast<const float*>(TF_TensorData(map.get())),
                 static_cast<const float*>(TF_TensorData(dy.get())), static_cast<float*>(TF_TensorData(gradient.get())),
                 static_cast<int>(parts));
}

__attribute__((constructor)) void registerOperations() {
  const Status status = newStatus();
  TF_OpDefinitionBuilder* operation = TF_NewOpDefinitionBuilder(filterGradientName);
  TF_OpDefinitionBuilderAddInput(operation, "input: float");
  TF_OpDefinitionBuilderAddInput(operation, "dy: float");
  TF_OpDefinitionBuilderAddOutput(operation, "gradient: float");
  for (const char* attribute : {"filter: list(int)", "padding: list(int)", "stride: int", "parts: int"})
    TF_OpDefinitionBuilderAddAttr(operation, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(operation, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(operation, status.get());
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(filterGradientName, "CPU", createFilterGradient, computeFilterGradient,
                                                 destroyFilterGradient);
  if (ok(status)) TF_RegisterKernelBuilder(filterGradientName, kernel, status.get());
  if (!ok(status)) {
    std::fprintf(stderr, "%s: %s\n", filterGradientName, TF_Message(status.get()));
    std::abort();
  }
}

}  // namespace
