#include "batch-norm.h"
#include "operation.h"
#include "vectors.h"

namespace inception {
namespace {

struct BatchNormKernel {
  float epsilon;
  int threads;
  bool relu;

  void read(const AttributeReader& attribute) {
    attribute("epsilon", epsilon);
    attribute("relu", relu);
    threads = attribute.threads();
    if (epsilon >= 0) return;
    refuse(attribute.status, TF_INVALID_ARGUMENT, "epsilon: expected 0 or more, got " + std::to_string(epsilon));
  }

  /** Of a map, [batch, height, width, channels]. */
  BatchNorm of(const Tensor& map, const Status& status) const {
    expectTensor(status, "x", map, 4);
    if (!ok(status)) return {};
    expectBetween(status, "x's channels", lanes, largestSize, sizeOf(map, 3));
    return {sizeOf(map, 0) * sizeOf(map, 1) * sizeOf(map, 2), sizeOf(map, 3), epsilon, relu};
  }
};

Tensor outputLike(TF_OpKernelContext* context, int index, const Tensor& map, const Status& status) {
  if (!ok(status)) return noTensor();
  return outputOf(context, index, {sizeOf(map, 0), sizeOf(map, 1), sizeOf(map, 2), sizeOf(map, 3)}, status);
}

struct ForwardKernel : BatchNormKernel {
  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor x = inputOf(context, 0, status), scale = inputOf(context, 1, status), offset = inputOf(context, 2, status);
    const BatchNorm norm = of(x, status);
    expectVector(status, "scale", scale, norm.channels);
    expectVector(status, "offset", offset, norm.channels);
    const Tensor y = outputLike(context, 0, x, status), mean = outputOf(context, 1, {norm.channels}, status);
    const Tensor variance = outputOf(context, 2, {norm.channels}, status);
    const Tensor inverse = outputOf(context, 3, {norm.channels}, status);
    if (!ok(status)) return;
    batchNorm(norm, numbersOf(x), numbersOf(scale), numbersOf(offset), numbersOf(y),
              {numbersOf(mean), numbersOf(variance), numbersOf(inverse)}, threads);
  }
};

struct GradientKernel : BatchNormKernel {
  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor dy = inputOf(context, 0, status), x = inputOf(context, 1, status), scale = inputOf(context, 2, status);
    const Tensor offset = inputOf(context, 3, status), mean = inputOf(context, 4, status);
    const Tensor inverse = inputOf(context, 5, status);
    const BatchNorm norm = of(x, status);
    expectTensor(status, "dy", dy, 4);
    for (int dimension = 0; ok(status) && dimension < 4; dimension++)
      expectEqual(status, "dy's size", sizeOf(x, dimension), sizeOf(dy, dimension));
    expectVector(status, "scale", scale, norm.channels);
    expectVector(status, "offset", offset, norm.channels);
    expectVector(status, "mean", mean, norm.channels);
    expectVector(status, "inverse", inverse, norm.channels);
    const Tensor dx = outputLike(context, 0, x, status), dScale = outputOf(context, 1, {norm.channels}, status);
    const Tensor dOffset = outputOf(context, 2, {norm.channels}, status);
    if (!ok(status)) return;
    batchNormGradient(norm, numbersOf(dy), numbersOf(x), numbersOf(scale), numbersOf(offset), numbersOf(mean),
                      numbersOf(inverse), {numbersOf(dx), numbersOf(dScale), numbersOf(dOffset)}, threads);
  }
};

__attribute__((constructor)) void add() {
  const std::initializer_list<const char*> attributes = {"epsilon: float", "threads: int >= 1", "relu: bool"};
  registerOperation<ForwardKernel>("InceptionBatchNorm", {"x: float", "scale: float", "offset: float"},
                                   {"y: float", "mean: float", "variance: float", "inverse: float"}, attributes);
  registerOperation<GradientKernel>(
      "InceptionBatchNormGradient",
      {"dy: float", "x: float", "scale: float", "offset: float", "mean: float", "inverse: float"},
      {"dx: float", "d_scale: float", "d_offset: float"}, attributes);
}

}  // namespace
}  // namespace inception
