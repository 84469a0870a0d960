// The gradient of filters of any size and stride against the plain sum.
#include "cases.h"

static void filterGradientsOf(TF_DataType type, int shapes) {
  Chance chance(2);
  double most = 0;
  for (int shape = 0; shape < shapes; shape++) {
    const Case of = anyCase(chance, chance.number(1, 7), chance.number(1, 7), chance.number(1, 4));
    const Array input = as(type, inputOf(of, chance)), dy = as(type, outputOf(of, chance));
    const Exact exact = filterGradient(of, input.numbers, dy.numbers);
    const int64_t threads = chance.number(1, 5);
    std::vector<float> first;
    for (int turn = 0; turn < 2; turn++) {
      const Result result = run("InceptionFilterGradient", gradientAttributes(of, threads), {input, dy}, turn == 0);
      const std::vector<float> gradient = succeeded(result, of.name());
      if (turn == 0) first = gradient;
      check(sameBits(gradient, first), of.name() + ": other bits the second time");
      most = std::max(most, apart(gradient, exact));
    }
  }
  check(most < 1e-6, "filter gradients: apart " + std::to_string(most * 1e6) + "e-6");
  std::printf("filter-gradients %s %s shapes=%d apart<=%.1e\n", set->name, nameOf(type), shapes, most);
}

void filterGradients(int shapes) {
  for (const TF_DataType type : types) filterGradientsOf(type, shapes);
}
