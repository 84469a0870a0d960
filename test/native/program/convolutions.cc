// Every way to run a convolution against the plain sum: on one thread and several, with its bias and ReLU, from a
// transform made before, and backward from the turned filter.
#include "cases.h"

namespace {

void rectify(Exact& exact, const std::vector<float>& bias) {
  for (size_t i = 0; i < exact.values.size(); i++)
    exact.values[i] = std::max(0.0, exact.values[i] + double{bias[i % bias.size()]});
}

/** Of plain ones now and then one that is cut into several pieces, or into groups of filters. */
Case caseOf(Chance& chance, int shape, bool fast) {
  const auto& [rows, columns] = kernelSizes[shape % 6];
  if (fast) return anyCase(chance, rows, columns, 1);
  if (shape % 20 == 1) return {2, 48, 44, 39, 48, 44, 37, 3, 3, 1, 1, 1};
  if (shape % 20 == 2) return {1, 7, 6, 70, 4, 3, 300, 3, 3, 2, 1, 1};
  return anyCase(chance, chance.number(1, 7), chance.number(1, 7), chance.one({1, 1, 2, 3, 4}));
}

/** Of its input, with any stride, from that of its output: how far from exact. */
double gradientOf(const Case& of, TF_DataType type, const Array& filter, Chance& chance) {
  const Array dy = as(type, outputOf(of, chance));
  Attributes attributes = convolutionAttributes(of, 1, false);
  attributes.ints["backward"] = 1;
  attributes.lists["map"] = {of.height, of.width};
  attributes.lists["padding"] = {of.rows - 1 - of.down, of.columns - 1 - of.right};
  const std::vector<float> alone = succeeded(run("InceptionConvolution", attributes, {dy, filter}), of.name());
  attributes.ints["threads"] = 3;
  const std::vector<float> several = succeeded(run("InceptionConvolution", attributes, {dy, filter}, false), of.name());
  check(sameBits(several, alone), of.name() + ": other bits of the input's gradient on several threads");
  return apart(alone, inputGradient(of, dy.numbers, filter.numbers), type);
}

double convolutionsOf(TF_DataType type, int shapes, bool fast) {
  Chance chance(1);
  double most = 0;
  for (int shape = 0; shape < shapes; shape++) {
    const Case of = caseOf(chance, shape, fast);
    const std::string name = of.name();
    const Array input = as(type, inputOf(of, chance)), bias = chance.array({of.filters});
    Array filter = filterOf(of, chance);
    if (!fast) filter.numbers = as(type, filter).numbers;
    Exact exact = convolution(of, input.numbers, filter.numbers);
    Attributes attributes = convolutionAttributes(of, 1, fast);
    const std::vector<float> plain = succeeded(run("InceptionConvolution", attributes, {input, filter}), name);
    most = std::max(most, apart(plain, exact, type));

    attributes.ints["threads"] = chance.one({2, 3, 5, 12});
    const auto same = [&](const std::vector<Array>& inputs, const char* what) {
      const std::vector<float> again = succeeded(run("InceptionConvolution", attributes, inputs, shape % 2 == 0), name);
      check(sameBits(again, plain), name + ": other bits " + what);
    };
    same({input, filter}, "on several threads");

    if (fast) {
      const Attributes transform = {{{"threads", 2}}, {{"map", {of.outHeight, of.outWidth}}}, {}};
      const Result transformed = run("InceptionTransformFilter", transform, {filter});
      succeeded(transformed, name);
      attributes.ints["transformed"] = 1;
      same({input, transformed.outputs[0]}, "from a transform made before");
      attributes.ints["transformed"] = 0;
    }

    if (of.stride == 1) {
      attributes.ints["backward"] = 1;
      attributes.lists["kernel"] = {of.rows, of.columns, of.filters, of.channels};
      same({input, {{of.rows, of.columns, of.filters, of.channels}, turned(of, filter.numbers)}}, "backward");
    }

    if (!fast) most = std::max(most, gradientOf(of, type, filter, chance));

    attributes = convolutionAttributes(of, 2, fast);
    attributes.ints["biases"] = attributes.ints["relu"] = 1;
    rectify(exact, bias.numbers);
    most =
        std::max(most, apart(succeeded(run("InceptionConvolution", attributes, {input, filter, bias}), name), exact, type));
  }
  return most;
}

}  // namespace

void convolutions(int shapes) {
  for (const bool fast : {true, false})
    for (const TF_DataType type : types) {
      const char* name = fast ? "convolutions" : "plain-convolutions";
      const double most = convolutionsOf(type, shapes, fast);
      check(most < mostApart(type, fast), std::string(name) + ": apart " + std::to_string(most * 1e6) + "e-6");
      std::printf("%s %s %s shapes=%d apart<=%.1e\n", name, set->name, nameOf(type), shapes, most);
    }
}
