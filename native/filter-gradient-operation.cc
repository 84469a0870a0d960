#include "expect-matrices.h"
#include "operation.h"

namespace inception {
namespace {

template <class Number>
struct FilterGradientKernel {
  int64_t filter[4], padding[2], stride;
  int threads;
  bool fast;

  void read(const AttributeReader& attribute) {
    attribute("filter", filter);
    attribute("padding", padding);
    attribute("stride", stride);
    attribute("fast", fast);
    threads = attribute.threads();
    expectEach(attribute.status, "filter's size", 1, largestSize, filter);
    expectEach(attribute.status, "padding", -largestSize, largestSize, padding);
    expectBetween(attribute.status, "stride", 1, largestSize, stride);
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor input = inputOf(context, 0, status), dy = inputOf(context, 1, status);
    expectTensor(status, "input", input, 4, typeOf<Number>);
    expectTensor(status, "dy", dy, 4, typeOf<Number>);
    if (!ok(status)) return;
    const Convolution of = {sizeOf(input, 0), sizeOf(input, 1), sizeOf(input, 2), filter[2], sizeOf(dy, 1), sizeOf(dy, 2),
                            filter[3],        filter[0],        filter[1],        stride,    padding[0],    padding[1]};
    expectEqual(status, "input's channels", of.channels, sizeOf(input, 3));
    expectEqual(status, "dy's batch", of.batch, sizeOf(dy, 0));
    expectEqual(status, "dy's channels", of.filters, sizeOf(dy, 3));
    if (fast) expectMatrices(status, of);
    const Tensor gradient = outputOf(context, 0, filter, status);
    if (!ok(status)) return;
    const KernelsOf<Number>& kernels = kernelSet()->of<Number>();
    const Number *x = numbersOf<Number>(input), *slope = numbersOf<Number>(dy);
    if (fast) kernels.fastFilterGradient(of, x, slope, numbersOf(gradient), threads);
    else kernels.filterGradient(of, x, {{slope, of.filters, numbersOf(gradient)}}, threads);
  }
};

__attribute__((constructor)) void add() {
  registerOperation("InceptionFilterGradient", {"input: T", "dy: T"}, {"gradient: float"},
                    {"T: {float, bfloat16}", "filter: list(int)", "padding: list(int)", "stride: int",
                     "threads: int >= 1", "fast: bool"});
  registerKernels<FilterGradientKernel>("InceptionFilterGradient");
}

}  // namespace
}  // namespace inception
