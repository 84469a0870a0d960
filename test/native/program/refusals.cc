// What an operation does not expect it refuses by status, with a sentence that says what it expected and what it got.
#include <utility>

#include "cases.h"

namespace {

const Case ordinary = {2, 5, 6, 9, 5, 6, 17, 3, 3, 1, 1, 1};
const Attributes ofConvolution = convolutionAttributes(ordinary, 2), ofGradient = gradientAttributes(ordinary, 2);
const Attributes ofTransform = {{{"threads", 2}}, {{"map", {5, 6}}}, {}};
const Attributes ofNorm = {{{"threads", 2}, {"relu", 0}}, {}, {{"epsilon", 1e-3f}}};

Array filled(std::vector<int64_t> shape, TF_DataType dtype = TF_FLOAT) {
  Array array = Chance(1).array(std::move(shape));
  array.dtype = dtype;
  return array;
}
const Array map = filled({2, 5, 6, 9}), filter = filled({3, 3, 9, 17}), dy = filled({2, 5, 6, 17}), nine = filled({9}),
            many = filled({17});

Attributes with(Attributes attributes, const char* name, int64_t value) {
  attributes.ints[name] = value;
  return attributes;
}
Attributes with(Attributes attributes, const char* name, std::vector<int64_t> values) {
  attributes.lists[name] = std::move(values);
  return attributes;
}
Attributes without(Attributes attributes, const char* name) {
  attributes.lists.erase(name);
  return attributes;
}

int count = 0;
void expect(const char* sentence, const char* operation, const Attributes& attributes,
            const std::vector<Array>& inputs) {
  const Result result = run(operation, attributes, inputs);
  check(result.code != TF_OK, std::string(operation) + ": accepted, expected " + sentence);
  check(result.message == sentence, std::string(operation) + ": expected " + sentence + ", got " + result.message);
  count++;
}

void ofConvolutions() {
  const char* name = "InceptionConvolution";
  const int64_t huge = 2147483647;
  succeeded(run(name, ofConvolution, {map, filter}), name);
  expect("padding's length: expected 2, got 1", name, with(ofConvolution, "padding", std::vector<int64_t>{1}),
         {map, filter});
  expect("padding's length: expected 2, got 3", name, with(ofConvolution, "padding", {1, 1, 1}), {map, filter});
  expect("padding: expected -2147483647 to 2147483647, got 2147483648", name,
         with(ofConvolution, "padding", {0, huge + 1}), {map, filter});
  expect("map's size: expected 1 to 2147483647, got 0", name, with(ofConvolution, "map", {5, 0}), {map, filter});
  expect("map's size: expected 1 to 2147483647, got -6", name, with(ofConvolution, "map", {-6, 5}), {map, filter});
  expect("output: expected a size in bytes below 2^63, got a larger one", name,
         with(ofConvolution, "map", {huge, huge}), {map, filter});
  expect("the stand-in gives no more than 4 GiB", name, with(ofConvolution, "map", {huge, 1}), {map, filter});
  expect("kernel's size: expected 1 to 2147483647, got 0", name, with(ofConvolution, "kernel", {3, 3, 0, 17}),
         {map, filter});
  expect("threads: expected 1 to 1024, got 0", name, with(ofConvolution, "threads", 0), {map, filter});
  expect("threads: expected 1 to 1024, got 100000", name, with(ofConvolution, "threads", 100000), {map, filter});
  expect("biases: expected 0 to 1, got 2", name, with(ofConvolution, "biases", 2), {map, filter, nine, nine});
  expect("map", name, without(ofConvolution, "map"), {map, filter});
  expect("input's rank: expected 4, got 3", name, ofConvolution, {filled({5, 6, 9}), filter});
  expect("input's data type: expected 1, got 2", name, ofConvolution, {filled({2, 5, 6, 9}, TF_DOUBLE), filter});
  expect("input's size 1: expected 1 to 2147483647, got 0", name, ofConvolution, {filled({2, 0, 6, 9}), filter});
  expect("input's channels: expected 9, got 8", name, ofConvolution, {filled({2, 5, 6, 8}), filter});
  expect("filter's rank: expected 4, got 1", name, ofConvolution, {map, filled({3 * 3 * 9 * 17})});
  expect("filter's size: expected 17, got 16", name, ofConvolution, {map, filled({3, 3, 9, 16})});
  expect("filter: expected 3x3, 5x5, 1x3, 3x1, 1x7 or 7x1, got 2x3", name, with(ofConvolution, "kernel", {2, 3, 9, 17}),
         {map, filled({2, 3, 9, 17})});
  expect("filter: expected 3x3, 5x5, 1x3, 3x1, 1x7 or 7x1, got 2x13", name,
         with(ofConvolution, "kernel", {2, 13, 9, 17}), {map, filled({2, 13, 9, 17})});
  const Attributes plain = convolutionAttributes(ordinary, 2, false);
  succeeded(run(name, plain, {map, filter}), name);
  expect("stride: expected 1 to 2147483647, got 0", name, with(plain, "stride", 0), {map, filter});
  expect("transformed: expected 0 to 0, got 1", name, with(plain, "transformed", 1), {map, nine});
  expect("filter: expected 3x3, 5x5, 1x3, 3x1, 1x7 or 7x1, got 3x3 with stride 2", name, with(ofConvolution, "stride", 2),
         {map, filter});
  expect("bias's length: expected 17, got 9", name, with(ofConvolution, "biases", 1), {map, filter, nine});
  expect("no such input", name, with(ofConvolution, "biases", 1), {map, filter});
  expect("transformed filter's length: expected 10368, got 9", name, with(ofConvolution, "transformed", 1),
         {map, nine});
  expect("transformed filter's rank: expected 1, got 4", name, with(ofConvolution, "transformed", 1), {map, filter});
  expect("filter's rank: expected 4, got 1", "InceptionTransformFilter", ofTransform, {nine});
  expect("filter: expected 3x3, 5x5, 1x3, 3x1, 1x7 or 7x1, got 9x9", "InceptionTransformFilter", ofTransform,
         {filled({9, 9, 1, 1})});
}

void ofGradients() {
  const char* name = "InceptionFilterGradient";
  succeeded(run(name, ofGradient, {map, dy}), name);
  expect("filter's length: expected 4, got 2", name, with(ofGradient, "filter", {3, 3}), {map, dy});
  expect("stride: expected 1 to 2147483647, got 0", name, with(ofGradient, "stride", 0), {map, dy});
  expect("input's channels: expected 8, got 9", name, with(ofGradient, "filter", {3, 3, 8, 17}), {map, dy});
  expect("dy's channels: expected 16, got 17", name, with(ofGradient, "filter", {3, 3, 9, 16}), {map, dy});
  expect("dy's batch: expected 2, got 3", name, ofGradient, {map, filled({3, 5, 6, 17})});
  expect("dy's rank: expected 4, got 1", name, ofGradient, {map, nine});
  expect("filter: expected 3x3, 5x5, 1x3, 3x1, 1x7 or 7x1, got 3x3 with stride 2", name,
         with(with(ofGradient, "stride", 2), "fast", 1), {map, dy});
  expect("dy's data type: expected 14, got 1", name, ofGradient, {as(TF_BFLOAT16, map), dy});
}

void ofSideBySide() {
  const char *name = "InceptionConvolutions", *gradients = "InceptionFilterGradients";
  const Attributes good = convolutionsAttributes(ordinary, 2), ofGradients = gradientsAttributes(ordinary, 2);
  succeeded(run(name, good, {map, filter, filter}), name);
  expect("inputs: expected 1, got 2", name, with(good, "sources", 2), {map, map, filter, filter});
  expect("outputs: expected 1, got 2", name, with(with(good, "backward", 1), "sources", 2), {map, map, filter, filter});
  expect("biases: expected 2, got 1", name, with(good, "biases", 1), {map, filter, filter, many});
  expect("stride: expected 1 to 2147483647, got 0", name, with(good, "stride", 0), {map, filter, filter});
  expect("filters: expected 1 to 2147483647, got 0", name, with(good, "count", 0), {map, filter});
  expect("filter's size 2: expected 9, got 8", name, good, {map, filter, filled({3, 3, 8, 17})});
  expect("filter's size 1: expected 3, got 2", name, good, {map, filled({3, 2, 9, 17}), filter});
  expect("filter's rank: expected 4, got 1", name, good, {map, filter, nine});
  expect("bias's length: expected 17, got 9", name, with(good, "biases", 2), {map, filter, filter, many, nine});
  expect("no such input", name, good, {map, filter});
  const Attributes backward = with(with(with(good, "backward", 1), "sources", 2), "targets", 1);
  succeeded(run(name, backward, {dy, dy, filter, filter}), name);
  expect("input's size 1: expected 5, got 4", name, backward, {dy, filled({2, 4, 6, 17}), filter, filter});
  expect("filter's size 2: expected 9, got 8", name, backward, {dy, dy, filter, filled({3, 3, 8, 17})});
  expect("filter's size 3: expected 17, got 16", name, backward, {dy, dy, filter, filled({3, 3, 9, 16})});
  succeeded(run(gradients, ofGradients, {map, dy, dy}), gradients);
  expect("dy's size 0: expected 2, got 3", gradients, ofGradients, {map, dy, filled({3, 5, 6, 17})});
  expect("dy's data type: expected 14, got 1", gradients, ofGradients, {as(TF_BFLOAT16, map), dy, dy});
  expect("filters: expected 1 to 2147483647, got 0", gradients, with(ofGradients, "count", 0), {map});
  expect("window's length: expected 2, got 1", gradients, with(ofGradients, "window", std::vector<int64_t>{3}), {map, dy, dy});
}

void ofDecay() {
  const char* name = "InceptionDecayedGradient";
  const Attributes good = {{{"threads", 2}, {"count", 1}}, {}, {{"decay", 0.5f}}};
  succeeded(run(name, good, {nine, nine}), name);
  expect("gradient's rank: expected 1, got 4", name, good, {map, nine});
  expect("weight's length: expected 9, got 17", name, good, {nine, many});
  expect("weight's length: expected 18, got 17", name, with(good, "count", 2), {nine, nine, many});
}

void ofUpdates() {
  const char* name = "InceptionRmsprop";
  const Array one = {{}, {0.5f}};
  const Attributes good = rmspropAttributes(1, false, 2);
  succeeded(run(name, good, {nine, nine, nine, nine, one, one, one}), name);
  expect("kept: expected 3 to 4, got 2", name, with(good, "kept", 2), {nine, nine, nine, one, one, one});
  expect("gradient's rank: expected 1, got 4", name, good, {map, nine, nine, nine, one, one, one});
  expect("kept vector's length: expected 9, got 17", name, good, {nine, nine, many, nine, one, one, one});
  expect("clip factor's rank: expected 0, got 1", name, good, {nine, nine, nine, nine, nine, one, one});
  expect("average's rate's rank: expected 0, got 1", name, with(good, "kept", 4), {nine, nine, nine, nine, nine, one, one, nine});
}

void ofBatchNorms() {
  const char *name = "InceptionBatchNorm", *gradient = "InceptionBatchNormGradient";
  succeeded(run(name, ofNorm, {dy, many, many}), name);
  Attributes negative = ofNorm;
  negative.floats["epsilon"] = -1;
  expect("epsilon: expected 0 or more, got -1.000000", name, negative, {dy, many, many});
  expect("x's channels: expected 16 to 2147483647, got 9", name, ofNorm, {map, nine, nine});
  expect("x's size 0: expected 1 to 2147483647, got 0", name, ofNorm, {filled({0, 5, 6, 17}), many, many});
  expect("offset's length: expected 17, got 9", name, ofNorm, {dy, many, nine});
  expect("dy's size: expected 5, got 4", gradient, ofNorm, {filled({2, 4, 6, 17}), dy, many, many, many, many});
  expect("inverse's length: expected 17, got 1", gradient, ofNorm, {dy, dy, many, many, many, filled({1})});
}

}  // namespace

void refusals() {
  ofConvolutions();
  ofGradients();
  ofSideBySide();
  ofDecay();
  ofUpdates();
  ofBatchNorms();
  const inception::KernelSet* found = std::exchange(set, nullptr);
  expect("expected a processor with AVX2 and FMA, got one without", "InceptionConvolution", ofConvolution, {map, filter});
  expect("expected a processor with AVX2 and FMA, got one without", "InceptionBatchNorm", ofNorm, {dy, many, many});
  set = found;
  std::printf("refusals sentences=%d\n", count);
}
