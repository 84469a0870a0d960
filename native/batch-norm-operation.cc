#include "batch-norm.h"
#include "operation.h"

namespace {

struct BatchNormKernel {
  float epsilon;
  int64_t parts;
  bool relu;

  void read(const AttributeReader& attribute) {
    attribute("epsilon", epsilon);
    attribute("parts", parts);
    attribute("relu", relu);
  }

  BatchNorm of(const Tensor& map) const {
    const int64_t channels = TF_Dim(map.get(), 3);
    return {TF_TensorElementCount(map.get()) / channels, channels, epsilon, relu};
  }
};

/** An output like a map, [batch, height, width, channels]. */
Tensor mapLike(TF_OpKernelContext* context, int index, const Tensor& map, const Status& status) {
  const auto size = [&](int dimension) { return TF_Dim(map.get(), dimension); };
  return outputOf(context, index, {size(0), size(1), size(2), size(3)}, status);
}

struct ForwardKernel : BatchNormKernel {
  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor x = inputOf(context, 0, status), scale = inputOf(context, 1, status), offset = inputOf(context, 2, status);
    if (!ok(status)) return;
    const BatchNorm norm = of(x);
    const Tensor y = mapLike(context, 0, x, status), mean = outputOf(context, 1, {norm.channels}, status);
    const Tensor variance = outputOf(context, 2, {norm.channels}, status);
    const Tensor inverse = outputOf(context, 3, {norm.channels}, status);
    if (!ok(status)) return;
    batchNorm(norm, numbersOf(x), numbersOf(scale), numbersOf(offset), numbersOf(y),
              {numbersOf(mean), numbersOf(variance), numbersOf(inverse)}, static_cast<int>(parts));
  }
};

struct GradientKernel : BatchNormKernel {
  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor dy = inputOf(context, 0, status), x = inputOf(context, 1, status), scale = inputOf(context, 2, status);
    const Tensor offset = inputOf(context, 3, status), mean = inputOf(context, 4, status);
    const Tensor inverse = inputOf(context, 5, status);
    if (!ok(status)) return;
    const BatchNorm norm = of(x);
    const Tensor dx = mapLike(context, 0, x, status), dScale = outputOf(context, 1, {norm.channels}, status);
    const Tensor dOffset = outputOf(context, 2, {norm.channels}, status);
    if (!ok(status)) return;
    batchNormGradient(norm, numbersOf(dy), numbersOf(x), numbersOf(scale), numbersOf(offset), numbersOf(mean),
                      numbersOf(inverse), {numbersOf(dx), numbersOf(dScale), numbersOf(dOffset)},
                      static_cast<int>(parts));
  }
};

__attribute__((constructor)) void add() {
  const std::initializer_list<const char*> attributes = {"epsilon: float", "parts: int", "relu: bool"};
  registerOperation<ForwardKernel>("InceptionBatchNorm", {"x: float", "scale: float", "offset: float"},
                                   {"y: float", "mean: float", "variance: float", "inverse: float"}, attributes);
  registerOperation<GradientKernel>(
      "InceptionBatchNormGradient",
      {"dy: float", "x: float", "scale: float", "offset: float", "mean: float", "inverse: float"},
      {"dx: float", "d_scale: float", "d_offset: float"}, attributes);
}

}  // namespace
