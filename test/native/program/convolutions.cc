// Every way to run a convolution against the plain sum: on one thread and several, with its bias and ReLU, from a
// transform made before, and backward from the turned filter.
#include "cases.h"

namespace {

void rectify(Exact& exact, const std::vector<float>& bias) {
  for (size_t i = 0; i < exact.values.size(); i++)
    exact.values[i] = std::max(0.0, exact.values[i] + double{bias[i % bias.size()]});
}

}  // namespace

static void convolutionsOf(TF_DataType type, int shapes) {
  Chance chance(1);
  double most = 0;
  for (int shape = 0; shape < shapes; shape++) {
    const auto& [rows, columns] = kernelSizes[shape % 6];
    const Case of = anyCase(chance, rows, columns, 1);
    const std::string name = of.name();
    const Array input = as(type, inputOf(of, chance)), filter = filterOf(of, chance), bias = chance.array({of.filters});
    Exact exact = convolution(of, input.numbers, filter.numbers);
    Attributes attributes = convolutionAttributes(of, 1);
    const std::vector<float> plain = succeeded(run("InceptionConvolution", attributes, {input, filter}), name);
    most = std::max(most, apart(plain, exact, type));

    attributes.ints["threads"] = chance.one({2, 3, 5, 12});
    const auto same = [&](const std::vector<Array>& inputs, const char* what) {
      const std::vector<float> again = succeeded(run("InceptionConvolution", attributes, inputs, shape % 2 == 0), name);
      check(sameBits(again, plain), name + ": other bits " + what);
    };
    same({input, filter}, "on several threads");

    const Attributes transform = {{{"threads", 2}}, {{"map", {of.outHeight, of.outWidth}}}, {}};
    const Result transformed = run("InceptionTransformFilter", transform, {filter});
    succeeded(transformed, name);
    attributes.ints["transformed"] = 1;
    same({input, transformed.outputs[0]}, "from a transform made before");
    attributes.ints["transformed"] = 0;

    attributes.ints["backward"] = 1;
    attributes.lists["kernel"] = {of.rows, of.columns, of.filters, of.channels};
    same({input, {{of.rows, of.columns, of.filters, of.channels}, turned(of, filter.numbers)}}, "backward");

    attributes = convolutionAttributes(of, 2);
    attributes.ints["biases"] = attributes.ints["relu"] = 1;
    rectify(exact, bias.numbers);
    most =
        std::max(most, apart(succeeded(run("InceptionConvolution", attributes, {input, filter, bias}), name), exact, type));
  }
  check(most < 1e-5, "convolutions: apart " + std::to_string(most * 1e6) + "e-6");
  std::printf("convolutions %s %s shapes=%d apart<=%.1e\n", set->name, nameOf(type), shapes, most);
}

void convolutions(int shapes) {
  for (const TF_DataType type : types) convolutionsOf(type, shapes);
}
