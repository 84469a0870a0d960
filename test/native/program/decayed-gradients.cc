// A gradient with its weights' decay, and half the sums of squares, against double precision.
#include "check.h"

void decayedGradients(int shapes) {
  Chance chance(5);
  const float decay = 0.25f;
  double most = 0;
  for (int shape = 0; shape < shapes; shape++) {
    const int64_t count = shape % 3 ? chance.number(1, 70) : chance.number(16380, 50000);
    const Array gradient = chance.array({count}), weights = chance.array({count});
    std::vector<double> sums;
    double ofWeights = 0, ofGradient = 0;
    for (size_t i = 0; i < gradient.numbers.size(); i++) {
      sums.push_back(gradient.numbers[i] + double{decay} * weights.numbers[i]);
      ofWeights += std::pow(double{weights.numbers[i]}, 2) / 2;
      ofGradient += std::pow(sums.back(), 2) / 2;
    }
    const std::vector<Array> parts = inParts(gradient, shape % 4, chance);
    std::vector<Array> inputs = parts;
    inputs.push_back(weights);
    const std::string what = std::to_string(count) + " numbers";
    std::vector<float> first;
    for (const int64_t threads : {1, 3}) {
      const Attributes of = {{{"threads", threads}, {"count", static_cast<int64_t>(parts.size())}}, {}, {{"decay", decay}}};
      const Result result = run("InceptionDecayedGradient", of, inputs);
      const std::vector<float> decayed = succeeded(result, what), halves = succeeded(result, what, 1);
      if (threads == 1) first = halves;
      check(sameBits(halves, first), what + ": other bits on several threads");
      check(sameBits(succeeded(run("InceptionHalfSquares", of, inputs), what), halves), what + ": other bits unwritten");
      for (size_t i = 0; i < sums.size(); i++) most = std::max(most, std::abs(decayed[i] - sums[i]));
      check(std::abs(halves[0] - ofWeights) <= 1e-6 * ofWeights, what + ": the weights' squares");
      check(std::abs(halves[1] - ofGradient) <= 1e-6 * ofGradient, what + ": the gradient's squares");
    }
  }
  check(most < 1e-6, "decayed-gradients: apart " + std::to_string(most));
  std::printf("decayed-gradients %s shapes=%d apart<=%.1e\n", set->name, shapes, most);
}
