#include "operation.h"

namespace inception {
namespace {

/** Batch, height, width and channels; -1 where it does not matter. */
void expectMap(const Status& status, const char* name, const Tensor& map, TF_DataType type, const int64_t (&sizes)[4]) {
  expectTensor(status, name, map, 4, type);
  for (int dimension = 0; ok(status) && dimension < 4; dimension++)
    if (sizes[dimension] >= 0)
      expectEqual(status, std::string(name) + "'s size " + std::to_string(dimension), sizes[dimension],
                  sizeOf(map, dimension));
}

template <class Number>
struct ConvolutionsKernel {
  int64_t map[2], padding[2], window[2], stride, sources, filters, biases, targets;
  int threads;
  bool backward, relu;

  void read(const AttributeReader& attribute) {
    attribute("map", map);
    attribute("padding", padding);
    attribute("window", window);
    attribute("stride", stride);
    attribute("sources", sources);
    attribute("count", filters);
    attribute("biases", biases);
    attribute("targets", targets);
    attribute("backward", backward);
    attribute("relu", relu);
    threads = attribute.threads();
    expectEach(attribute.status, "map's size", 1, largestSize, map);
    expectEach(attribute.status, "window's size", 1, largestSize, window);
    expectEach(attribute.status, "padding", -largestSize, largestSize, padding);
    expectBetween(attribute.status, "stride", 1, largestSize, stride);
    expectBetween(attribute.status, "filters", 1, largestSize, filters);
    expectEqual(attribute.status, "inputs", backward ? filters : 1, sources);
    expectEqual(attribute.status, "outputs", backward ? 1 : filters, targets);
    if (biases) expectEqual(attribute.status, "biases", targets, biases);
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const std::vector<Tensor> inputs = inputsOf(context, 0, sources, status);
    const std::vector<Tensor> weights = inputsOf(context, sources, filters, status);
    const std::vector<Tensor> ofTargets = inputsOf(context, sources + filters, biases, status);
    expectTensor(status, "input", inputs[0], 4, typeOf<Number>);
    if (!ok(status)) return;
    const auto size = [&](int dimension) { return sizeOf(inputs[0], dimension); };
    const Convolution of = {size(0), size(1),   size(2),   0,      map[0],     map[1],
                            0,       window[0], window[1], stride, padding[0], padding[1]};
    SideBySide<Number> maps = {{}, {}, {}, relu};
    for (const Tensor& input : inputs) {
      expectMap(status, "input", input, typeOf<Number>, {of.batch, of.height, of.width, -1});
      if (ok(status)) maps.sources.push_back({numbersOf<Number>(input), sizeOf(input, 3)});
    }
    for (size_t i = 0; ok(status) && i < weights.size(); i++) {
      const int64_t seen = maps.sources[backward ? i : 0].channels, first = backward && i ? sizeOf(weights[0], 2) : -1;
      expectMap(status, "filter", weights[i], TF_FLOAT,
                {window[0], window[1], backward ? first : seen, backward ? seen : -1});
      if (ok(status)) maps.filters.push_back(numbersOf(weights[i]));
    }
    std::vector<Tensor> outputs;
    for (int64_t i = 0; ok(status) && i < targets; i++) {
      const size_t at = static_cast<size_t>(i);
      const int64_t channels = sizeOf(weights[at], backward ? 2 : 3);
      if (biases) expectVector(status, "bias", ofTargets[at], channels);
      outputs.push_back(outputOf<Number>(context, static_cast<int>(i), {of.batch, map[0], map[1], channels}, status));
      if (!ok(status)) return;
      const float* const bias = biases ? numbersOf(ofTargets[at]) : nullptr;
      maps.targets.push_back({numbersOf<Number>(outputs.back()), channels, bias});
    }
    if (ok(status)) kernelSet()->of<Number>().plainConvolution(of, backward, maps, threads);
  }
};

template <class Number>
struct FilterGradientsKernel {
  int64_t window[2], padding[2], stride, filters;
  int threads;

  void read(const AttributeReader& attribute) {
    attribute("window", window);
    attribute("padding", padding);
    attribute("stride", stride);
    attribute("count", filters);
    threads = attribute.threads();
    expectEach(attribute.status, "window's size", 1, largestSize, window);
    expectEach(attribute.status, "padding", -largestSize, largestSize, padding);
    expectBetween(attribute.status, "stride", 1, largestSize, stride);
    expectBetween(attribute.status, "filters", 1, largestSize, filters);
  }

  void compute(TF_OpKernelContext* context, const Status& status) const {
    const Tensor input = inputOf(context, 0, status);
    const std::vector<Tensor> dys = inputsOf(context, 1, filters, status);
    expectTensor(status, "input", input, 4, typeOf<Number>);
    expectTensor(status, "dy", dys[0], 4, typeOf<Number>);
    if (!ok(status)) return;
    const Convolution of = {sizeOf(input, 0), sizeOf(input, 1), sizeOf(input, 2), sizeOf(input, 3),
                            sizeOf(dys[0], 1), sizeOf(dys[0], 2), 0,              window[0],
                            window[1],         stride,            padding[0],     padding[1]};
    std::vector<Tensor> gradients;
    std::vector<Slope<Number>> slopes;
    for (const Tensor& dy : dys) {
      expectMap(status, "dy", dy, typeOf<Number>, {of.batch, of.outHeight, of.outWidth, -1});
      if (!ok(status)) return;
      const int64_t ofFilter = sizeOf(dy, 3);
      const int index = static_cast<int>(gradients.size());
      gradients.push_back(outputOf(context, index, {window[0], window[1], of.channels, ofFilter}, status));
      if (!ok(status)) return;
      slopes.push_back({numbersOf<Number>(dy), ofFilter, numbersOf(gradients.back())});
    }
    kernelSet()->of<Number>().filterGradient(of, numbersOf<Number>(input), slopes, threads);
  }
};

__attribute__((constructor)) void add() {
  registerOperation("InceptionConvolutions", {"inputs: sources * T", "filters: count * float", "bias: biases * float"},
                    {"outputs: targets * T"},
                    {"T: {float, bfloat16}", "map: list(int)", "padding: list(int)", "window: list(int)",
                     "stride: int >= 1", "sources: int >= 1", "count: int >= 1", "biases: int >= 0", "targets: int >= 1",
                     "threads: int >= 1", "backward: bool", "relu: bool"});
  registerKernels<ConvolutionsKernel>("InceptionConvolutions");
  registerOperation("InceptionFilterGradients", {"input: T", "dys: count * T"}, {"gradients: count * float"},
                    {"T: {float, bfloat16}", "window: list(int)", "padding: list(int)", "stride: int", "count: int >= 1",
                     "threads: int >= 1"});
  registerKernels<FilterGradientsKernel>("InceptionFilterGradients");
}

}  // namespace
}  // namespace inception
