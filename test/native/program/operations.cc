#include "operations.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "../../../native/tensorflow.h"
#include "faults.h"

namespace {

struct Operation {
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

/** By name, and whether for maps in bfloat16. */
using Kernels = std::map<std::pair<std::string, bool>, Operation>;
Kernels& operations() {
  static Kernels operations;
  return operations;
}

/** What a TF_Status* points to: the header names its type differently from version to version. */
struct Outcome {
  TF_Code code;
  char* message;
};
Outcome* outcome(TF_Status* status) { return reinterpret_cast<Outcome*>(status); }
const Outcome* outcome(const TF_Status* status) { return reinterpret_cast<const Outcome*>(status); }

/** Plain memory throughout: the faults injected into `new` are meant for the kernels. */
template <class T>
T* zeroed() {
  return static_cast<T*>(std::calloc(1, sizeof(T)));
}

}  // namespace

struct TF_Tensor {
  TF_DataType dtype;
  int dimensions;
  int64_t sizes[8];
  void* block;
  char* numbers;
};
struct TF_OpDefinitionBuilder {};
struct TF_KernelBuilder {
  Operation operation;
  bool inBfloat16;
};
struct TF_OpKernelConstruction {
  const Attributes& attributes;
  TF_Status* failure;
};
constexpr int mostTensors = 12;
struct TF_OpKernelContext {
  TF_Tensor* inputs[mostTensors];
  int inputCount;
  TF_Tensor* outputs[mostTensors];
  bool aligned;
  TF_Status* failure;
};

namespace {

size_t bytesOf(TF_DataType dtype) { return dtype == TF_BFLOAT16 ? sizeof(uint16_t) : sizeof(float); }

TF_Tensor* newTensor(TF_DataType dtype, const int64_t* sizes, int dimensions, size_t bytesOfNumbers, bool aligned) {
  TF_Tensor* tensor = zeroed<TF_Tensor>();
  tensor->dtype = dtype;
  tensor->dimensions = dimensions;
  std::copy_n(sizes, dimensions, tensor->sizes);
  const size_t shift = aligned ? 0 : bytesOf(dtype), bytes = bytesOfNumbers + shift;
  if (posix_memalign(&tensor->block, 64, bytes) != 0) std::abort();
  tensor->numbers = static_cast<char*>(tensor->block) + shift;
  std::memset(tensor->block, 0xff, bytes);
  return tensor;
}

template <class Values>
bool known(const Values& values, const char* name, TF_Status* status) {
  if (values.count(name)) return true;
  TF_SetStatus(status, TF_NOT_FOUND, name);
  return false;
}

Array arrayOf(const TF_Tensor* tensor) {
  Array array;
  array.shape.assign(tensor->sizes, tensor->sizes + tensor->dimensions);
  array.dtype = tensor->dtype;
  array.numbers.resize(static_cast<size_t>(TF_TensorElementCount(tensor)));
  const size_t bytes = bytesOf(tensor->dtype);
  for (size_t i = 0; i < array.numbers.size(); i++) {
    uint32_t bits = 0;
    std::memcpy(reinterpret_cast<char*>(&bits) + sizeof(float) - bytes, tensor->numbers + i * bytes, bytes);
    std::memcpy(&array.numbers[i], &bits, sizeof bits);
  }
  return array;
}

/** Of bfloat16 the upper half, which is all that its numbers have. */
void copyNumbers(const Array& array, TF_Tensor* tensor) {
  const size_t bytes = bytesOf(array.dtype);
  for (size_t i = 0; i < array.numbers.size(); i++)
    std::memcpy(tensor->numbers + i * bytes,
                reinterpret_cast<const char*>(&array.numbers[i]) + sizeof(float) - bytes, bytes);
}

}  // namespace

extern "C" {
TF_Status* TF_NewStatus() { return reinterpret_cast<TF_Status*>(zeroed<Outcome>()); }
void TF_DeleteStatus(TF_Status* status) {
  std::free(outcome(status)->message);
  std::free(status);
}
void TF_SetStatus(TF_Status* status, TF_Code code, const char* message) {
  std::free(outcome(status)->message);
  outcome(status)->code = code;
  outcome(status)->message = strdup(message);
}
TF_Code TF_GetCode(const TF_Status* status) { return outcome(status)->code; }
const char* TF_Message(const TF_Status* status) { return outcome(status)->message ? outcome(status)->message : ""; }

void TF_DeleteTensor(TF_Tensor*) {}
void* TF_TensorData(const TF_Tensor* tensor) { return tensor->numbers; }
TF_DataType TF_TensorType(const TF_Tensor* tensor) { return tensor->dtype; }
int TF_NumDims(const TF_Tensor* tensor) { return tensor->dimensions; }
int64_t TF_Dim(const TF_Tensor* tensor, int dimension) {
  if (dimension >= tensor->dimensions) std::abort();
  return tensor->sizes[dimension];
}
int64_t TF_TensorElementCount(const TF_Tensor* tensor) {
  int64_t count = 1;
  for (int i = 0; i < tensor->dimensions; i++) count *= tensor->sizes[i];
  return count;
}

TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char*) { return nullptr; }
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char*) {}
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char*) {}
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char*) {}
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder*,
                                                     void (*)(TF_ShapeInferenceContext*, TF_Status*)) {}
void TF_ShapeInferenceContextSetUnknownShape(TF_ShapeInferenceContext*, TF_Status*) {}
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*) {}
TF_KernelBuilder* TF_NewKernelBuilder(const char*, const char*, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*)) {
  return new TF_KernelBuilder{{create, compute, destroy}, false};
}
void TF_KernelBuilder_TypeConstraint(TF_KernelBuilder* builder, const char*, TF_DataType dtype, TF_Status*) {
  builder->inBfloat16 = dtype == TF_BFLOAT16;
}
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder* builder, TF_Status*) {
  operations()[{name, builder->inBfloat16}] = builder->operation;
  delete builder;
}

void TF_OpKernelConstruction_GetAttrInt64(TF_OpKernelConstruction* of, const char* name, int64_t* value,
                                          TF_Status* status) {
  if (known(of->attributes.ints, name, status)) *value = of->attributes.ints.at(name);
}
void TF_OpKernelConstruction_GetAttrSize(TF_OpKernelConstruction* of, const char* name, int32_t* length, int32_t* bytes,
                                         TF_Status* status) {
  if (known(of->attributes.lists, name, status)) *length = static_cast<int32_t>(of->attributes.lists.at(name).size());
  *bytes = -1;
}
void TF_OpKernelConstruction_GetAttrInt64List(TF_OpKernelConstruction* of, const char* name, int64_t* values, int most,
                                              TF_Status* status) {
  if (!known(of->attributes.lists, name, status)) return;
  const std::vector<int64_t>& list = of->attributes.lists.at(name);
  std::copy_n(list.begin(), std::min<size_t>(list.size(), static_cast<size_t>(most)), values);
}
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction* of, const char* name, float* value,
                                          TF_Status* status) {
  if (known(of->attributes.floats, name, status)) *value = of->attributes.floats.at(name);
}
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction* of, const char* name, unsigned char* value,
                                         TF_Status* status) {
  if (known(of->attributes.ints, name, status)) *value = of->attributes.ints.at(name) != 0;
}
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction* of, TF_Status* status) {
  TF_SetStatus(of->failure, TF_GetCode(status), TF_Message(status));
}
void TF_GetInput(TF_OpKernelContext* of, int index, TF_Tensor** tensor, TF_Status* status) {
  if (index < of->inputCount) *tensor = of->inputs[index];
  else TF_SetStatus(status, TF_OUT_OF_RANGE, "no such input");
}
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* of, int index, TF_DataType dtype, const int64_t* sizes, int dimensions,
                             size_t bytes, TF_Status* status) {
  if (bytes > size_t{1} << 32) {
    TF_SetStatus(status, TF_RESOURCE_EXHAUSTED, "the stand-in gives no more than 4 GiB");
    return nullptr;
  }
  return of->outputs[index] = newTensor(dtype, sizes, dimensions, bytes, of->aligned);
}
TF_Tensor* TF_ForwardInputOrAllocateOutput(TF_OpKernelContext* of, const int* inputs, int, int index, const int64_t* sizes,
                                           int dimensions, int* forwarded, TF_Status* status) {
  TF_Tensor* input = of->inputs[inputs[0]];
  const auto bytes = static_cast<size_t>(TF_TensorElementCount(input)) * bytesOf(input->dtype);
  TF_Tensor* output = TF_AllocateOutput(of, index, input->dtype, sizes, dimensions, bytes, status);
  if (!output || !inputsForwarded) return output;
  std::swap(*input, *output);
  *forwarded = inputs[0];
  return output;
}
void TF_OpKernelContext_Failure(TF_OpKernelContext* of, TF_Status* status) {
  TF_SetStatus(of->failure, TF_GetCode(status), TF_Message(status));
}
}

const inception::KernelSet* set = nullptr;
bool inputsForwarded = false;
namespace inception {
const KernelSet* kernelSet() { return set; }
}  // namespace inception

Result run(const char* name, const Attributes& attributes, const std::vector<Array>& inputs, bool aligned) {
  const Operation& operation = operations().at({name, inputs[0].dtype == TF_BFLOAT16});
  TF_Status* failure = TF_NewStatus();
  TF_OpKernelConstruction construction = {attributes, failure};
  TF_OpKernelContext context = {{}, static_cast<int>(inputs.size()), {}, aligned, failure};
  for (size_t i = 0; i < inputs.size(); i++) {
    const Array& input = inputs[i];
    context.inputs[i] =
        newTensor(input.dtype, input.shape.data(), static_cast<int>(input.shape.size()),
                                  input.numbers.size() * bytesOf(input.dtype), aligned);
    copyNumbers(input, context.inputs[i]);
  }
  void* kernel;
  {
    const Faults faults;
    kernel = operation.create(&construction);
    if (TF_GetCode(failure) == TF_OK) operation.compute(kernel, &context);
  }
  operation.destroy(kernel);
  Result result;
  result.code = TF_GetCode(failure);
  result.message = TF_Message(failure);
  for (TF_Tensor* output : context.outputs)
    if (output) {
      if (result.code == TF_OK) result.outputs.push_back(arrayOf(output));
      std::free(output->block);
      std::free(output);
    }
  for (size_t i = 0; i < inputs.size(); i++) {
    std::free(context.inputs[i]->block);
    std::free(context.inputs[i]);
  }
  TF_DeleteStatus(failure);
  return result;
}
