#include "filter-gradient.h"
#include "operation.h"

namespace {

struct FilterGradientKernel {
  int64_t filter[4], padding[2], stride, parts;

  void read(const AttributeReader& attribute) {
    attribute("filter", filter);
    attribute("padding", padding);
    attribute("stride", stride);
    attribute("parts", parts);
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor input = inputOf(context, 0, status), dy = inputOf(context, 1, status);
    const Tensor gradient = outputOf(context, 0, filter, status);
    if (!ok(status)) return;
    const auto size = [](const Tensor& tensor, int dimension) { return TF_Dim(tensor.get(), dimension); };
    const Convolution of = {size(input, 0), size(input, 1), size(input, 2), filter[2], size(dy, 1), size(dy, 2),
                            filter[3],      filter[0],      filter[1],      stride,    padding[0],  padding[1]};
    filterGradient(of, numbersOf(input), numbersOf(dy), numbersOf(gradient), static_cast<int>(parts));
  }
};

__attribute__((constructor)) void add() {
  registerOperation<FilterGradientKernel>("InceptionFilterGradient", {"input: float", "dy: float"}, {"gradient: float"},
                                          {"filter: list(int)", "padding: list(int)", "stride: int", "parts: int"});
}

}  // namespace
