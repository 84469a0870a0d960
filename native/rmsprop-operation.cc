#include "operation.h"
#include "parts.h"

namespace inception {
namespace {

/** 0 once a status has failed. */
float scalarFrom(TF_OpKernelContext* context, int64_t index, const char* name, const Status& status) {
  const Tensor tensor = inputOf(context, static_cast<int>(index), status);
  expectTensor(status, name, tensor, 0);
  return ok(status) ? *numbersOf(tensor) : 0;
}

/** A vector before the step and after it: the same numbers where nothing else has the input. */
struct Moved {
  Tensor before = noTensor(), after = noTensor();
};

Moved movedFrom(TF_OpKernelContext* context, int input, int output, int64_t count, const Status& status) {
  expectVector(status, "kept vector", inputOf(context, input, status), count);
  if (!ok(status)) return {};
  int forwarded = -1;
  Moved moved;
  moved.after = {TF_ForwardInputOrAllocateOutput(context, &input, 1, output, &count, 1, &forwarded, status.get()),
                 TF_DeleteTensor};
  if (forwarded < 0) moved.before = inputOf(context, input, status);
  return moved;
}

template <class Number, class Get>
Kept<Number> keptFrom(const std::vector<Moved>& moved, const Get& get) {
  const auto numbers = [&](size_t index) { return index < moved.size() ? numbersOf<Number>(get(moved[index])) : nullptr; };
  return {numbers(0), numbers(1), numbers(2), numbers(3)};
}

struct RmspropKernel {
  Rmsprop constants;
  float weightDecay;
  int64_t parts, kept;
  int threads;

  void read(const AttributeReader& attribute) {
    attribute("decay", constants.decay);
    attribute("momentum", constants.momentum);
    attribute("epsilon", constants.epsilon);
    attribute("weight_decay", weightDecay);
    attribute("count", parts);
    attribute("kept", kept);
    threads = attribute.threads();
    expectBetween(attribute.status, "kept", 3, 4, kept);
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const std::vector<Tensor> gradients = inputsOf(context, 0, parts, status);
    const std::vector<Part> gradient = partsFrom(status, "gradient", gradients);
    const int64_t count = countOf(gradient), scalars = parts + kept;
    Rmsprop step = constants;
    step.clipFactor = scalarFrom(context, scalars, "clip factor", status);
    step.rate = scalarFrom(context, scalars + 1, "rate", status);
    step.averageRate = scalarFrom(context, scalars + 2, "average's rate", status);
    std::vector<Moved> moved;
    for (int i = 0; i < kept; i++) moved.push_back(movedFrom(context, static_cast<int>(parts) + i, i, count, status));
    if (!ok(status)) return;
    const auto before = keptFrom<const float>(moved, [](const Moved& one) -> auto& { return one.before ? one.before : one.after; });
    const auto after = keptFrom<float>(moved, [](const Moved& one) -> auto& { return one.after; });
    kernelSet()->rmsprop({count, weightDecay}, step, gradient, before, after, threads);
  }
};

__attribute__((constructor)) void add() {
  registerOperation("InceptionRmsprop",
                    {"gradients: count * float", "before: kept * float", "clip_factor: float", "rate: float",
                     "average_rate: float"},
                    {"after: kept * float"},
                    {"decay: float", "momentum: float", "epsilon: float", "weight_decay: float", "count: int >= 1",
                     "kept: int >= 1", "threads: int >= 1"});
  registerKernel<RmspropKernel>("InceptionRmsprop");
}

}  // namespace
}  // namespace inception
