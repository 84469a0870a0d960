#include "fast-convolution.h"
#include "operation.h"

namespace {

struct FastConvolutionKernel {
  int64_t map[2], padding[2], biases, parts;
  bool backward, relu;

  void read(const AttributeReader& attribute) {
    attribute("map", map);
    attribute("padding", padding);
    attribute("biases", biases);
    attribute("parts", parts);
    attribute("backward", backward);
    attribute("relu", relu);
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor input = inputOf(context, 0, status), filter = inputOf(context, 1, status);
    const Tensor bias = biases ? inputOf(context, 2, status) : Tensor(nullptr, TF_DeleteTensor);
    if (!ok(status)) return;
    const auto size = [](const Tensor& tensor, int dimension) { return TF_Dim(tensor.get(), dimension); };
    const int64_t filters = size(filter, backward ? 2 : 3);
    const Convolution of = {size(input, 0), size(input, 1), size(input, 2),  size(input, 3), map[0],     map[1],
                            filters,        size(filter, 0), size(filter, 1), 1,              padding[0], padding[1]};
    const Tensor output = outputOf(context, 0, {of.batch, map[0], map[1], filters}, status);
    if (!ok(status)) return;
    const bool done = fastConvolution({of, backward, bias ? numbersOf(bias) : nullptr, relu}, numbersOf(input),
                                      numbersOf(filter), numbersOf(output), static_cast<int>(parts));
    if (!done) TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, "no matrices for a filter of this size");
  }
};

__attribute__((constructor)) void add() {
  registerOperation<FastConvolutionKernel>(
      "InceptionConvolution", {"input: float", "filter: float", "bias: biases * float"}, {"output: float"},
      {"map: list(int)", "padding: list(int)", "biases: int >= 0", "parts: int", "backward: bool", "relu: bool"});
}

}  // namespace
