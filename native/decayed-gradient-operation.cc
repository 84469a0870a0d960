#include "operation.h"

namespace inception {
namespace {

struct DecayedGradientKernel {
  float decay;
  int64_t parts;
  int threads;

  void read(const AttributeReader& attribute) {
    attribute("decay", decay);
    attribute("count", parts);
    threads = attribute.threads();
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const std::vector<Tensor> gradients = inputsOf(context, 0, parts, status);
    const Tensor weights = inputOf(context, static_cast<int>(parts), status);
    std::vector<Part> gradient;
    int64_t count = 0;
    for (const Tensor& part : gradients) {
      expectTensor(status, "gradient", part, 1);
      if (!ok(status)) return;
      gradient.push_back({numbersOf(part), sizeOf(part, 0)});
      count += gradient.back().count;
    }
    expectVector(status, "weight", weights, count);
    const Tensor decayed = outputOf(context, 0, {count}, status), halfSquares = outputOf(context, 1, {2}, status);
    if (!ok(status)) return;
    kernelSet()->decayedGradient({count, decay}, gradient, numbersOf(weights), numbersOf(decayed), numbersOf(halfSquares),
                                 threads);
  }
};

__attribute__((constructor)) void add() {
  registerOperation("InceptionDecayedGradient", {"gradients: count * float", "weights: float"},
                    {"decayed: float", "half_squares: float"}, {"decay: float", "count: int >= 1", "threads: int >= 1"});
  registerKernel<DecayedGradientKernel>("InceptionDecayedGradient");
}

}  // namespace
}  // namespace inception
