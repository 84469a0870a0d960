#include "expect-matrices.h"
#include "numbers.h"
#include "operation.h"

namespace inception {
namespace {

struct TransformKernel {
  int64_t map[2];
  int threads;

  void read(const AttributeReader& attribute) {
    attribute("map", map);
    threads = attribute.threads();
    expectEach(attribute.status, "map's size", 1, largestSize, map);
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor filter = inputOf(context, 0, status);
    expectTensor(status, "filter", filter, 4);
    if (!ok(status)) return;
    const auto size = [&](int dimension) { return sizeOf(filter, dimension); };
    const Convolution of = {1, 1, 1, size(2), map[0], map[1], size(3), size(0), size(1), 1, 0, 0};
    expectMatrices(status, of);
    const Tensor transformed = outputOf(context, 0, {kernelSet()->transformedSize(of)}, status);
    if (ok(status)) kernelSet()->transformFilter(of, false, numbersOf(filter), numbersOf(transformed), threads);
  }
};

template <class Number>
struct ConvolutionKernel {
  int64_t map[2], padding[2], kernel[4], stride, biases;
  int threads;
  bool fast, backward, relu, transformed;

  void read(const AttributeReader& attribute) {
    attribute("map", map);
    attribute("padding", padding);
    attribute("kernel", kernel);
    attribute("stride", stride);
    attribute("biases", biases);
    attribute("fast", fast);
    attribute("backward", backward);
    attribute("relu", relu);
    attribute("transformed", transformed);
    threads = attribute.threads();
    expectEach(attribute.status, "map's size", 1, largestSize, map);
    expectEach(attribute.status, "kernel's size", 1, largestSize, kernel);
    expectEach(attribute.status, "padding", -largestSize, largestSize, padding);
    expectBetween(attribute.status, "stride", 1, largestSize, stride);
    expectBetween(attribute.status, "biases", 0, 1, biases);
    expectBetween(attribute.status, "transformed", 0, fast, transformed);
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor input = inputOf(context, 0, status), filter = inputOf(context, 1, status);
    const Tensor bias = biases ? inputOf(context, 2, status) : noTensor();
    expectTensor(status, "input", input, 4, typeOf<Number>);
    if (!ok(status)) return;
    const int64_t channels = kernel[backward ? 3 : 2], filters = kernel[backward ? 2 : 3];
    const Convolution of = {sizeOf(input, 0), sizeOf(input, 1), sizeOf(input, 2), channels, map[0],     map[1],
                            filters,          kernel[0],        kernel[1],        stride,   padding[0], padding[1]};
    expectEqual(status, "input's channels", channels, sizeOf(input, 3));
    if (!transformed) expectFilter(status, filter);
    if (fast) expectMatrices(status, of);
    if (ok(status) && transformed) expectVector(status, "transformed filter", filter, kernelSet()->transformedSize(of));
    if (bias) expectVector(status, "bias", bias, filters);
    const Tensor output = outputOf<Number>(context, 0, {of.batch, map[0], map[1], filters}, status);
    if (!ok(status)) return;
    const float* const ofBias = bias ? numbersOf(bias) : nullptr;
    const KernelsOf<Number>& kernels = kernelSet()->of<Number>();
    if (!fast) {
      const SideBySide<Number> one = {{{numbersOf<Number>(input), channels}},
                                      {{numbersOf<Number>(output), filters, ofBias}},
                                      {numbersOf(filter)},
                                      relu};
      return kernels.plainConvolution(of, backward, one, threads);
    }
    const auto own = transformed ? nullptr : numbers<float>(kernelSet()->transformedSize(of));
    if (own) kernelSet()->transformFilter(of, backward, numbersOf(filter), own.get(), threads);
    kernels.fastConvolution(of, {ofBias, relu}, numbersOf<Number>(input), own ? own.get() : numbersOf(filter),
                            numbersOf<Number>(output), threads);
  }

  /** As it was trained, rows x columns x channels x filters. */
  void expectFilter(const Status& status, const Tensor& filter) const {
    expectTensor(status, "filter", filter, 4);
    for (int dimension = 0; ok(status) && dimension < 4; dimension++)
      expectEqual(status, "filter's size", kernel[dimension], sizeOf(filter, dimension));
  }
};

__attribute__((constructor)) void add() {
  registerOperation("InceptionTransformFilter", {"filter: float"}, {"transformed: float"},
                    {"map: list(int)", "threads: int >= 1"});
  registerKernel<TransformKernel>("InceptionTransformFilter");
  registerOperation("InceptionConvolution", {"input: T", "filter: float", "bias: biases * float"}, {"output: T"},
                    {"T: {float, bfloat16}", "map: list(int)", "padding: list(int)", "kernel: list(int)",
                     "stride: int >= 1", "biases: int >= 0", "threads: int >= 1", "fast: bool", "backward: bool",
                     "relu: bool", "transformed: bool"});
  registerKernels<ConvolutionKernel>("InceptionConvolution");
}

}  // namespace
}  // namespace inception
