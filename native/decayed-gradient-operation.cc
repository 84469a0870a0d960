#include "operation.h"
#include "parts.h"

namespace inception {
namespace {

/** `written`: the gradient too, which is then the first output. */
template <bool written>
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
    const std::vector<Part> gradient = partsFrom(status, "gradient", gradients);
    const int64_t count = countOf(gradient);
    expectVector(status, "weight", weights, count);
    const Tensor decayed = written ? outputOf(context, 0, {count}, status) : noTensor();
    const Tensor halfSquares = outputOf(context, written, {2}, status);
    if (!ok(status)) return;
    kernelSet()->decayedGradient({count, decay}, gradient, numbersOf(weights), written ? numbersOf(decayed) : nullptr,
                                 numbersOf(halfSquares), threads);
  }
};

__attribute__((constructor)) void add() {
  registerOperation("InceptionDecayedGradient", {"gradients: count * float", "weights: float"},
                    {"decayed: float", "half_squares: float"}, {"decay: float", "count: int >= 1", "threads: int >= 1"});
  registerKernel<DecayedGradientKernel<true>>("InceptionDecayedGradient");
  registerOperation("InceptionHalfSquares", {"gradients: count * float", "weights: float"}, {"half_squares: float"},
                    {"decay: float", "count: int >= 1", "threads: int >= 1"});
  registerKernel<DecayedGradientKernel<false>>("InceptionHalfSquares");
}

}  // namespace
}  // namespace inception
