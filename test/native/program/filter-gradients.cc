// The gradient of filters against the plain sum: of any size and stride, and the fast one where there are matrices.
#include "cases.h"

namespace {

/** Now and then one that many threads cut into blocks of channels and of filters, beside parts of the rows. */
Case plainCase(Chance& chance, int shape) {
  if (shape % 20 == 1) return {2, 48, 44, 39, 48, 44, 37, 3, 3, 1, 1, 1};
  if (shape % 20 == 2) return {1, 7, 6, 70, 4, 3, 300, 3, 3, 2, 1, 1};
  return anyCase(chance, chance.number(1, 7), chance.number(1, 7), chance.number(1, 4));
}

/** Now and then one that is cut into several blocks or parts. */
Case fastCase(Chance& chance, int shape) {
  const auto& [rows, columns] = kernelSizes[shape % 6];
  Case of = anyCase(chance, rows, columns, 1);
  if (shape % 20 == 1) of.channels = 193, of.filters = 200;
  if (shape % 20 == 2) of.channels = 3, of.filters = 17, of.height = of.outHeight = 61, of.width = of.outWidth = 62;
  return of;
}

/** How far apart the worst one is. */
double gradientsOf(TF_DataType type, int shapes, bool fast) {
  Chance chance(2);
  double most = 0;
  for (int shape = 0; shape < shapes; shape++) {
    const Case of = fast ? fastCase(chance, shape) : plainCase(chance, shape);
    const Array input = as(type, inputOf(of, chance)), dy = as(type, outputOf(of, chance));
    const Exact exact = filterGradient(of, input.numbers, dy.numbers);
    const int64_t threads = chance.one({2, 3, 5, 12});
    std::vector<float> first;
    for (int turn = 0; turn < 2; turn++) {
      const Result result =
          run("InceptionFilterGradient", gradientAttributes(of, turn ? threads : 1, fast), {input, dy}, turn == 0);
      const std::vector<float> gradient = succeeded(result, of.name());
      if (turn == 0) first = gradient;
      check(sameBits(gradient, first), of.name() + ": other bits on several threads");
      most = std::max(most, apart(gradient, exact));
    }
  }
  return most;
}

}  // namespace

void filterGradients(int shapes) {
  for (const bool fast : {false, true})
    for (const TF_DataType type : types) {
      const char* name = fast ? "fast-filter-gradients" : "filter-gradients";
      const double most = gradientsOf(type, shapes, fast);
      check(most < mostApart(type, fast), std::string(name) + ": apart " + std::to_string(most * 1e6) + "e-6");
      std::printf("%s %s %s shapes=%d apart<=%.1e\n", name, set->name, nameOf(type), shapes, most);
    }
}
