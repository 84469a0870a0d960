#include "operation.h"

namespace inception {
namespace {

struct DecayedGradientKernel {
  float decay;
  int threads;

  void read(const AttributeReader& attribute) {
    attribute("decay", decay);
    threads = attribute.threads();
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor gradient = inputOf(context, 0, status), weights = inputOf(context, 1, status);
    expectTensor(status, "gradient", gradient, 1);
    if (!ok(status)) return;
    const int64_t count = sizeOf(gradient, 0);
    expectVector(status, "weight", weights, count);
    const Tensor decayed = outputOf(context, 0, {count}, status), halfSquares = outputOf(context, 1, {2}, status);
    if (!ok(status)) return;
    kernelSet()->decayedGradient({count, decay}, numbersOf(gradient), numbersOf(weights), numbersOf(decayed),
                                 numbersOf(halfSquares), threads);
  }
};

__attribute__((constructor)) void add() {
  registerOperation("InceptionDecayedGradient", {"gradient: float", "weights: float"},
                    {"decayed: float", "half_squares: float"}, {"decay: float", "threads: int >= 1"});
  registerKernel<DecayedGradientKernel>("InceptionDecayedGradient");
}

}  // namespace
}  // namespace inception
