// Batch norm and its gradient against the textbook's formulas in double precision.
#include "check.h"

namespace {

constexpr double epsilon = 1e-3;

/** y, and the gradients of x, scale and offset. */
struct Found {
  Exact y, dx, dScale, dOffset;
};

Exact exactly(std::vector<double> values) {
  std::vector<double> sizes(values.size());
  std::transform(values.begin(), values.end(), sizes.begin(), [](double value) { return std::abs(value); });
  return {std::move(values), std::move(sizes)};
}

Found textbook(size_t pixels, size_t channels, bool relu, const Array& x, const Array& scale, const Array& offset,
               const Array& dy) {
  std::vector<double> y(pixels * channels), dx(y.size()), dScale(channels), dOffset(channels);
  const double count = static_cast<double>(pixels);
  for (size_t c = 0; c < channels; c++) {
    double mean = 0, variance = 0;
    for (size_t p = 0; p < pixels; p++) mean += double{x.numbers[p * channels + c]} / count;
    for (size_t p = 0; p < pixels; p++) variance += std::pow(x.numbers[p * channels + c] - mean, 2) / count;
    const double inverse = 1 / std::sqrt(variance + epsilon);
    const auto normal = [&](size_t p) { return (x.numbers[p * channels + c] - mean) * inverse; };
    const auto result = [&](size_t p) { return normal(p) * scale.numbers[c] + offset.numbers[c]; };
    const auto gradient = [&](size_t p) { return relu && result(p) <= 0 ? 0 : double{dy.numbers[p * channels + c]}; };
    for (size_t p = 0; p < pixels; p++) {
      y[p * channels + c] = relu ? std::max(0.0, result(p)) : result(p);
      dOffset[c] += gradient(p);
      dScale[c] += gradient(p) * normal(p);
    }
    for (size_t p = 0; p < pixels; p++)
      dx[p * channels + c] =
          scale.numbers[c] * inverse * (gradient(p) - dOffset[c] / count - normal(p) * dScale[c] / count);
  }
  return {exactly(std::move(y)), exactly(std::move(dx)), exactly(std::move(dScale)), exactly(std::move(dOffset))};
}

}  // namespace

static void batchNormsOf(TF_DataType type, int shapes) {
  Chance chance(3);
  double most = 0;
  for (int shape = 0; shape < shapes; shape++) {
    const std::vector<int64_t> map = {chance.number(1, 3), chance.one({1, 2, 5, 40}), chance.one({1, 3, 8, 41}),
                                      chance.one({16, 17, 23, 31, 32, 33, 49})};
    const int64_t channels = map[3], relu = chance.number(0, 1);
    const Array x = as(type, chance.array(map)), dy = as(type, chance.array(map)), scale = chance.array({channels}),
                offset = chance.array({channels});
    const Found exact = textbook(x.numbers.size() / static_cast<size_t>(channels), static_cast<size_t>(channels), relu,
                                 x, scale, offset, dy);
    std::vector<float> first;
    for (const int64_t threads : {1, 2, 12}) {
      const Attributes attributes = {
          {{"threads", threads}, {"relu", relu}}, {}, {{"epsilon", static_cast<float>(epsilon)}}};
      const Result forward = run("InceptionBatchNorm", attributes, {x, scale, offset}, threads == 1);
      most = std::max(most, apart(succeeded(forward, text(map)), exact.y, type));
      const Result backward = run("InceptionBatchNormGradient", attributes,
                                  {dy, x, scale, offset, forward.outputs[1], forward.outputs[3]}, threads == 1);
      std::vector<float> dx = succeeded(backward, text(map));
      if (map[0] * map[1] * map[2] > 2) most = std::max(most, apart(dx, exact.dx, type));
      if (threads == 1) first = dx;
      check(sameBits(dx, first), text(map) + ": other bits on several threads");
      for (const auto& [output, sums] : {std::pair{1, &exact.dScale}, std::pair{2, &exact.dOffset}})
        check(apart(succeeded(backward, text(map), static_cast<size_t>(output)), *sums) < 1e-4,
              text(map) + ": sums of the gradient");
    }
  }
  check(most < 1e-5, "batch norms: apart " + std::to_string(most * 1e6) + "e-6");
  std::printf("batch-norms %s %s shapes=%d apart<=%.1e\n", set->name, nameOf(type), shapes, most);
}

void batchNorms(int shapes) {
  for (const TF_DataType type : types) batchNormsOf(type, shapes);
}
