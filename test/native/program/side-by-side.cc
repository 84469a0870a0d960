// Convolutions of one source side by side, with biases and ReLU; the gradients of their filters; and the sum of the gradients
// of their source: against the plain sums, and to the bit on any number of threads.
#include "cases.h"

namespace {

/** Two to four of the same window, whose filters are of different numbers. */
std::vector<Case> anySiblings(Chance& chance, int shape) {
  Case first = anyCase(chance, chance.number(1, 3), chance.number(1, 3), chance.one({1, 1, 2, 3}));
  if (shape % 10 == 1) first = {2, 48, 44, 39, 48, 44, 37, 1, 1, 1, 0, 0};
  if (shape % 10 == 2) first = {1, 7, 6, 70, 7, 6, 300, 3, 3, 1, 1, 1};
  std::vector<Case> siblings(static_cast<size_t>(chance.number(2, 4)), first);
  for (size_t i = 1; i < siblings.size(); i++) siblings[i].filters = chance.one({1, 15, 16, 17, 33, 64});
  return siblings;
}

Attributes attributesOf(const std::vector<Case>& siblings, bool backward, bool finished) {
  const Case& of = siblings.front();
  const auto all = static_cast<int64_t>(siblings.size());
  const std::vector<int64_t> map = {of.outHeight, of.outWidth}, padding = {of.down, of.right},
                             window = {of.rows, of.columns};
  return {{{"threads", 1}, {"stride", of.stride}, {"count", all}, {"sources", backward ? all : 1},
           {"targets", backward ? 1 : all}, {"biases", finished ? all : 0}, {"backward", backward}, {"relu", finished}},
          {{"map", map}, {"padding", padding}, {"window", window}},
          {}};
}

/** What each output is, and how far from exact the worst. */
std::vector<std::vector<float>> onAnyThreads(const char* name, Attributes attributes, const std::vector<Array>& inputs,
                                             Chance& chance) {
  const Result alone = run(name, attributes, inputs);
  succeeded(alone, name);
  attributes.ints["threads"] = chance.one({2, 3, 5, 12});
  const Result together = run(name, attributes, inputs, false);
  std::vector<std::vector<float>> found;
  for (size_t i = 0; i < alone.outputs.size(); i++) {
    found.push_back(alone.outputs[i].numbers);
    check(sameBits(found[i], succeeded(together, name, i)), std::string(name) + ": other bits on several threads");
  }
  return found;
}

struct Found {
  double convolutions = 0, slopes = 0;
};

void prove(TF_DataType type, const std::vector<Case>& siblings, Chance& chance, Found& most) {
  const Array input = as(type, inputOf(siblings.front(), chance));
  std::vector<Array> filters, biases, dys;
  for (const Case& of : siblings) {
    filters.push_back(filterOf(of, chance));
    filters.back().numbers = as(type, filters.back()).numbers;
    biases.push_back(chance.array({of.filters}));
    dys.push_back(as(type, outputOf(of, chance)));
  }
  const auto after = [](std::vector<Array> all, const std::vector<Array>& more) {
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const auto ys = onAnyThreads("InceptionConvolutions", attributesOf(siblings, false, true),
                               after(after({input}, filters), biases), chance);
  const Case& first = siblings.front();
  const std::vector<int64_t> padding = {first.down, first.right}, window = {first.rows, first.columns};
  const Attributes ofSlopes = {
      {{"threads", 1}, {"stride", first.stride}, {"count", static_cast<int64_t>(siblings.size())}},
      {{"padding", padding}, {"window", window}},
      {}};
  const auto slopes = onAnyThreads("InceptionFilterGradients", ofSlopes, after({input}, dys), chance);
  for (size_t i = 0; i < siblings.size(); i++) {
    Exact exact = convolution(siblings[i], input.numbers, filters[i].numbers);
    for (size_t j = 0; j < exact.values.size(); j++)
      exact.values[j] = std::max(0.0, exact.values[j] + double{biases[i].numbers[j % biases[i].numbers.size()]});
    most.convolutions = std::max(most.convolutions, apart(ys[i], exact, type));
    most.slopes = std::max(most.slopes, apart(slopes[i], filterGradient(siblings[i], input.numbers, dys[i].numbers)));
  }
}

/** Each is the gradient of the source of a convolution, so its map is the other's output, and its filter is turned. */
void proveBackward(TF_DataType type, const std::vector<Case>& siblings, Chance& chance, Found& most) {
  std::vector<Array> sources, filters;
  Exact exact;
  for (Case of : siblings) {
    of.channels = of.filters, of.filters = siblings.front().filters;
    sources.push_back(as(type, inputOf(of, chance)));
    filters.push_back({{of.rows, of.columns, of.filters, of.channels}, {}});
    const Array filter = as(type, filterOf(of, chance));
    filters.back().numbers = turned(of, filter.numbers);
    const Exact one = convolution(of, sources.back().numbers, filter.numbers);
    if (exact.values.empty()) exact = zeros(one.values.size());
    for (size_t i = 0; i < one.values.size(); i++) exact.values[i] += one.values[i], exact.sizes[i] += one.sizes[i];
  }
  std::vector<Array> inputs = sources;
  inputs.insert(inputs.end(), filters.begin(), filters.end());
  const auto sum = onAnyThreads("InceptionConvolutions", attributesOf(siblings, true, false), inputs, chance);
  most.convolutions = std::max(most.convolutions, apart(sum[0], exact, type));
}

}  // namespace

void sideBySide(int shapes) {
  for (const TF_DataType type : types) {
    Chance chance(7);
    Found most;
    for (int shape = 0; shape < shapes; shape++) {
      const std::vector<Case> siblings = anySiblings(chance, shape);
      prove(type, siblings, chance, most);
      if (siblings.front().stride == 1) proveBackward(type, siblings, chance, most);
    }
    for (const double found : {most.convolutions, most.slopes})
      check(found < mostApart(type, false), "side by side: apart " + std::to_string(found * 1e6) + "e-6");
    std::printf("side-by-side %s %s shapes=%d apart<=%.1e gradients<=%.1e\n", set->name, nameOf(type), shapes,
                most.convolutions, most.slopes);
  }
}
