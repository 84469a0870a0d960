// Each allocation in turn fails, and so does each thread: a status every time, and the next call is as good as any.
#include "cases.h"

namespace {

struct Call {
  const char* operation;
  Attributes attributes;
  std::vector<Array> inputs;
};

/** Fails the first allocation, then the second, and so on, until a call needs no more. */
int allocations(const Call& call, const std::vector<float>& good) {
  for (long succeeding = 0;; succeeding++) {
    allocationsLeft = succeeding;
    const Result result = run(call.operation, call.attributes, call.inputs);
    allocationsLeft = -1;
    if (result.code == TF_OK) {
      check(sameBits(result.outputs[0].numbers, good), std::string(call.operation) + ": other bits after failures");
      return static_cast<int>(succeeding);
    }
    check(result.code == TF_RESOURCE_EXHAUSTED, std::string(call.operation) + ": failed with " + result.message);
    check(result.message == "expected more memory than the system gives", result.message);
  }
}

}  // namespace

void failures() {
  Chance chance(5);
  const Case of = {2, 54, 54, 49, 54, 54, 33, 3, 3, 1, 1, 1};
  const Array input = inputOf(of, chance), filter = filterOf(of, chance), dy = outputOf(of, chance),
              vector = chance.array({49}), many = chance.array({50000}), number = chance.array({});
  const Attributes norm = {{{"threads", 3}, {"relu", 1}}, {}, {{"epsilon", 1e-3f}}};
  const Call calls[] = {{"InceptionConvolution", convolutionAttributes(of, 3), {input, filter}},
                        {"InceptionFilterGradient", gradientAttributes(of, 3), {input, dy}},
                        {"InceptionFilterGradient", gradientAttributes(of, 3, true), {input, dy}},
                        {"InceptionConvolutions", convolutionsAttributes(of, 3), {input, filter, filter}},
                        {"InceptionFilterGradients", gradientsAttributes(of, 3), {input, dy, dy}},
                        {"InceptionBatchNorm", norm, {input, vector, vector}},
                        {"InceptionBatchNormGradient", norm, {input, input, vector, vector, vector, vector}},
                        {"InceptionRmsprop", rmspropAttributes(1, false, 3),
                         {many, many, many, many, number, number, number}}};
  int failed = 0;
  for (const Call& call : calls) {
    const std::vector<float> good = succeeded(run(call.operation, call.attributes, call.inputs), call.operation);
    const int found = allocations(call, good);
    check(found > 3, std::string(call.operation) + ": no allocation failed");
    failed += found;
  }
  // More than the pool has from the other proofs.
  const int64_t more = 20;
  for (Call call : calls) {
    call.attributes.ints["threads"] = more;
    if (call.inputs.size() == 2) {
      threadsRefused = true;
      const Result result = run(call.operation, call.attributes, call.inputs);
      threadsRefused = false;
      check(result.code == TF_RESOURCE_EXHAUSTED, std::string(call.operation) + ": no thread, and yet no failure");
      check(result.message.rfind("expected another thread from the system, got: ", 0) == 0, result.message);
    }
  }
  for (Call call : calls) {
    call.attributes.ints["threads"] = more;
    succeeded(run(call.operation, call.attributes, call.inputs), call.operation);
  }
  std::printf("failures allocations=%d threads=3\n", failed);
}
