#include "operation.h"

namespace inception {
namespace {

template <class Number>
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
    expectTensor(status, "x", map, 4, typeOf<Number>);
    if (!ok(status)) return {};
    expectBetween(status, "x's channels", fewestChannels, largestSize, sizeOf(map, 3));
    return {sizeOf(map, 0) * sizeOf(map, 1) * sizeOf(map, 2), sizeOf(map, 3), epsilon, relu};
  }
};

template <class Number>
Tensor outputLike(TF_OpKernelContext* context, int index, const Tensor& map, const Status& status) {
  if (!ok(status)) return noTensor();
  return outputOf<Number>(context, index, {sizeOf(map, 0), sizeOf(map, 1), sizeOf(map, 2), sizeOf(map, 3)}, status);
}

template <class Number>
struct ForwardKernel : BatchNormKernel<Number> {
  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor x = inputOf(context, 0, status), scale = inputOf(context, 1, status), offset = inputOf(context, 2, status);
    const BatchNorm norm = this->of(x, status);
    expectVector(status, "scale", scale, norm.channels);
    expectVector(status, "offset", offset, norm.channels);
    const Tensor y = outputLike<Number>(context, 0, x, status), mean = outputOf(context, 1, {norm.channels}, status);
    const Tensor variance = outputOf(context, 2, {norm.channels}, status);
    const Tensor inverse = outputOf(context, 3, {norm.channels}, status);
    if (!ok(status)) return;
    kernelSet()->of<Number>().batchNorm(norm, numbersOf<Number>(x), numbersOf(scale), numbersOf(offset), numbersOf<Number>(y),
                                        {numbersOf(mean), numbersOf(variance), numbersOf(inverse)}, this->threads);
  }
};

template <class Number>
struct GradientKernel : BatchNormKernel<Number> {
  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor dy = inputOf(context, 0, status), x = inputOf(context, 1, status), scale = inputOf(context, 2, status);
    const Tensor offset = inputOf(context, 3, status), mean = inputOf(context, 4, status);
    const Tensor inverse = inputOf(context, 5, status);
    const BatchNorm norm = this->of(x, status);
    expectTensor(status, "dy", dy, 4, typeOf<Number>);
    for (int dimension = 0; ok(status) && dimension < 4; dimension++)
      expectEqual(status, "dy's size", sizeOf(x, dimension), sizeOf(dy, dimension));
    expectVector(status, "scale", scale, norm.channels);
    expectVector(status, "offset", offset, norm.channels);
    expectVector(status, "mean", mean, norm.channels);
    expectVector(status, "inverse", inverse, norm.channels);
    const Tensor dx = outputLike<Number>(context, 0, x, status), dScale = outputOf(context, 1, {norm.channels}, status);
    const Tensor dOffset = outputOf(context, 2, {norm.channels}, status);
    if (!ok(status)) return;
    kernelSet()->of<Number>().batchNormGradient(norm, numbersOf<Number>(dy), numbersOf<Number>(x), numbersOf(scale),
                                                numbersOf(offset), numbersOf(mean), numbersOf(inverse),
                                                {numbersOf<Number>(dx), numbersOf(dScale), numbersOf(dOffset)}, this->threads);
  }
};

__attribute__((constructor)) void add() {
  const std::initializer_list<const char*> attributes = {"T: {float, bfloat16}", "epsilon: float", "threads: int >= 1",
                                                         "relu: bool"};
  registerOperation("InceptionBatchNorm", {"x: T", "scale: float", "offset: float"},
                    {"y: T", "mean: float", "variance: float", "inverse: float"}, attributes);
  registerKernels<ForwardKernel>("InceptionBatchNorm");
  registerOperation("InceptionBatchNormGradient",
                    {"dy: T", "x: T", "scale: float", "offset: float", "mean: float", "inverse: float"},
                    {"dx: T", "d_scale: float", "d_offset: float"}, attributes);
  registerKernels<GradientKernel>("InceptionBatchNormGradient");
}

}  // namespace
}  // namespace inception
