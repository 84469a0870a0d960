// Several threads call kernels at once, as TensorFlow's do: the same bits as alone, and no more threads than the
// pool's.
#include <fstream>
#include <thread>

#include "cases.h"

namespace {

/** Of this process; 0 where the system does not say. */
int threadCount() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "Threads:") {
      int count = 0;
      status >> count;
      return count;
    }
  return 0;
}

}  // namespace

void callers(int turns) {
  Chance chance(6);
  const Case of = {2, 13, 13, 16, 13, 13, 33, 3, 3, 1, 1, 1};
  const Array input = inputOf(of, chance), filter = filterOf(of, chance), dy = outputOf(of, chance),
              vector = chance.array({16});
  const Attributes norm = {{{"threads", 4}, {"relu", 1}}, {}, {{"epsilon", 1e-3f}}};
  const auto all = [&](int64_t threads) {
    Attributes attributes = norm;
    attributes.ints["threads"] = threads;
    return std::vector<std::vector<float>>{
        succeeded(run("InceptionConvolution", convolutionAttributes(of, threads), {input, filter}), "convolution"),
        succeeded(run("InceptionFilterGradient", gradientAttributes(of, 4), {input, dy}), "filter gradient"),
        succeeded(run("InceptionFilterGradient", gradientAttributes(of, threads, true), {input, dy}), "fast gradient"),
        succeeded(run("InceptionBatchNorm", attributes, {input, vector, vector}), "batch norm")};
  };
  const auto alone = all(4);
  const int before = threadCount();
  for (int turn = 0; turn < turns; turn++) {
    std::vector<std::thread> callers;
    for (int64_t caller = 0; caller < 6; caller++)
      callers.emplace_back([&, caller] {
        const auto found = all(1 + caller % 4);
        for (size_t i = 0; i < found.size(); i++) check(sameBits(found[i], alone[i]), "other bits among other callers");
      });
    for (std::thread& caller : callers) caller.join();
  }
  check(threadCount() == before,
        "threads: expected " + std::to_string(before) + ", got " + std::to_string(threadCount()));
  std::printf("callers calls=%d threads=%d\n", turns * 24, before);
}
