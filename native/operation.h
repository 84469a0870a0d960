// Adding an operation to TensorFlow: its definition, and its kernels as plain structs of attributes with two functions.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <new>
#include <system_error>

#include "context.h"
#include "kernel-set.h"

namespace inception {

/** Runs `action`; what it throws becomes the status, for TensorFlow's callers are compiled for none of it. */
template <class Action>
void guarded(const Status& status, const Action& action) noexcept {
  const auto fail = [&](TF_Code code, const char* sentence) { TF_SetStatus(status.get(), code, sentence); };
  try {
    action();
  } catch (const std::bad_alloc&) {
    fail(TF_RESOURCE_EXHAUSTED, "expected more memory than the system gives");
  } catch (const std::system_error& error) {
    char sentence[200];
    std::snprintf(sentence, sizeof sentence, "expected another thread from the system, got: %s", error.what());
    fail(TF_RESOURCE_EXHAUSTED, sentence);
  } catch (const std::exception& error) {
    fail(TF_INTERNAL, error.what());
  }
}

inline void mustBeRegistered(const char* name, const Status& registered) {
  if (ok(registered)) return;
  std::fprintf(stderr, "%s: %s\n", name, TF_Message(registered.get()));
  std::abort();
}

/** Runs as this library is loaded, as do the two below. */
inline void registerOperation(const char* name, std::initializer_list<const char*> inputs,
                              std::initializer_list<const char*> outputs, std::initializer_list<const char*> attributes) {
  const Status registered = newStatus();
  TF_OpDefinitionBuilder* operation = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(operation, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(operation, output);
  for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(operation, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(operation, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(operation, registered.get());
  mustBeRegistered(name, registered);
}

/**
 * `Kernel` reads itself from the attributes (`void read(const AttributeReader&)`) and computes
 * (`void compute(TF_OpKernelContext*, const Status&) const`). `type`, if given, is that of the attribute T.
 */
template <class Kernel>
void registerKernel(const char* name, const TF_DataType* type = nullptr) {
  const auto create = [](TF_OpKernelConstruction* construction) -> void* {
    const Status status = newStatus();
    Kernel* kernel = nullptr;
    guarded(status, [&] {
      if (!kernelSet()) refuse(status, TF_UNIMPLEMENTED, "expected a processor with AVX2 and FMA, got one without");
      kernel = new Kernel{};
      kernel->read({construction, status});
    });
    if (!ok(status)) TF_OpKernelConstruction_Failure(construction, status.get());
    return kernel;
  };
  const auto compute = [](void* kernel, TF_OpKernelContext* context) {
    const Status status = newStatus();
    guarded(status, [&] { static_cast<const Kernel*>(kernel)->compute(context, status); });
    if (!ok(status)) TF_OpKernelContext_Failure(context, status.get());
  };
  const auto destroy = [](void* kernel) { delete static_cast<Kernel*>(kernel); };
  const Status registered = newStatus();
  TF_KernelBuilder* builder = TF_NewKernelBuilder(name, "CPU", create, compute, destroy);
  if (type) TF_KernelBuilder_TypeConstraint(builder, "T", *type, registered.get());
  if (ok(registered)) TF_RegisterKernelBuilder(name, builder, registered.get());
  mustBeRegistered(name, registered);
}

/** For maps of either type. */
template <template <class> class Kernel>
void registerKernels(const char* name) {
  registerKernel<Kernel<float>>(name, &typeOf<float>);
  registerKernel<Kernel<Bfloat16>>(name, &typeOf<Bfloat16>);
}

}  // namespace inception
