// Weights, and what is kept beside them, after a step of RMSProp, against double precision.
#include "cases.h"

namespace {

struct Expected {
  std::vector<double> weights, meanSquares, momentum, average;
};

/** As in `rmspropAttributes`. */
Expected expectedOf(const Array& gradient, const std::vector<Array>& before, double clip, double rate, double averageRate) {
  Expected expected;
  for (size_t i = 0; i < gradient.numbers.size(); i++) {
    const double weight = before[0].numbers[i], slope = (gradient.numbers[i] + weight * 0.125) * clip;
    expected.meanSquares.push_back(0.75 * before[1].numbers[i] + 0.25 * slope * slope);
    expected.momentum.push_back(0.5 * before[2].numbers[i] + rate * slope / std::sqrt(expected.meanSquares.back() + 0.25));
    expected.weights.push_back(weight - expected.momentum.back());
    const double old = before.size() > 3 ? before[3].numbers[i] : 0;
    expected.average.push_back(old + averageRate * (expected.weights.back() - old));
  }
  return expected;
}

double apart(const std::vector<float>& got, const std::vector<double>& expected) {
  double most = 0;
  for (size_t i = 0; i < expected.size(); i++) most = std::max(most, std::abs(got.at(i) - expected[i]));
  return most;
}

}  // namespace

void updates(int shapes) {
  Chance chance(7);
  double most = 0;
  for (int shape = 0; shape < shapes; shape++) {
    const bool large = shape % 10 == 9, average = shape % 2;
    const int64_t count = large ? chance.number(262140, 300000) : chance.number(1, shape % 3 ? 70 : 50000);
    const Array gradient = chance.array({count});
    std::vector<Array> before;
    for (int i = 0; i < (average ? 4 : 3); i++) before.push_back(chance.array({count}));
    for (float& square : before[1].numbers) square = std::abs(square);
    const Expected expected = expectedOf(gradient, before, 0.5, 0.25, 0.0625);
    std::vector<Array> inputs = inParts(gradient, shape % 4, chance);
    const auto parts = static_cast<int64_t>(inputs.size());
    inputs.insert(inputs.end(), before.begin(), before.end());
    for (const float factor : {0.5f, 0.25f, 0.0625f}) inputs.push_back({{}, {factor}});
    const std::string what = std::to_string(count) + " numbers";
    std::vector<std::vector<float>> first;
    for (const int64_t threads : {1, 3})
      for (const int place : {0, 1, 2}) {
        inputsForwarded = place == 2;
        const Result result = run("InceptionRmsprop", rmspropAttributes(parts, average, threads), inputs, place != 1);
        for (size_t i = 0; i < before.size(); i++) {
          const std::vector<float> after = succeeded(result, what, i);
          if (first.size() == i) first.push_back(after);
          check(sameBits(after, first[i]), what + ": other bits on several threads, or in another place");
          const std::vector<double>* exact[] = {&expected.weights, &expected.meanSquares, &expected.momentum, &expected.average};
          most = std::max(most, apart(after, *exact[i]));
        }
      }
  }
  inputsForwarded = false;
  check(most < 1e-6, "updates: apart " + std::to_string(most));
  std::printf("updates %s shapes=%d apart<=%.1e\n", set->name, shapes, most);
}
