// NaN and infinities reach every result that depends on them, and of all others only those of the tiles whose pixels
// hold them: there the transforms mix what lies in one channel, and so do matrices in which zeros stand beside a map.
// Weights, and whatever batch norm and the other filter gradients read, reach nothing else at all.
#include <functional>
#include <limits>

#include "cases.h"

namespace {

using Reaches = std::function<bool(size_t)>;

/** `must` become no finite number; all that may not, keep their bits. */
void compare(const std::vector<float>& before, const std::vector<float>& after, const Reaches& must, const Reaches& may,
             const std::string& what) {
  for (size_t i = 0; i < before.size(); i++) {
    if (must(i)) check(!std::isfinite(after[i]), what + ": result " + std::to_string(i) + " hides it");
    else if (!may(i))
      check(std::memcmp(&before[i], &after[i], sizeof(float)) == 0, what + ": result " + std::to_string(i) + " has it");
  }
}

/** Results that one tile takes along an axis (native/fast-convolution.cc). */
int64_t atOnce(int64_t taps, int64_t length) {
  const auto points = [&](int64_t outputs) { return (length + outputs - 1) / outputs * (outputs + taps - 1); };
  return taps == 1 ? 1 : taps == 7 && points(6) < points(4) ? 6 : 4;
}

/** Whether the tile of this result reads this place of the map. */
bool tileReads(int64_t result, int64_t place, int64_t taps, int64_t length, int64_t zeros) {
  const int64_t outputs = atOnce(taps, length), first = result / outputs * outputs - zeros;
  return place >= first && place < first + outputs + taps - 1;
}

void inConvolution(TF_DataType type, const Case& of, bool fast, float special, Chance& chance) {
  const Array input = as(type, inputOf(of, chance)), filter = filterOf(of, chance);
  const auto results = [&](const Array& x, const Array& w) {
    return succeeded(run("InceptionConvolution", convolutionAttributes(of, 2, fast), {x, w}), of.name());
  };
  const std::vector<float> before = results(input, filter);
  const int64_t b = chance.number(0, of.batch - 1), y = chance.number(0, of.height - 1),
                x = chance.number(0, of.width - 1);
  const auto seen = [&](size_t i, bool byTile) {
    const int64_t place = static_cast<int64_t>(i) / of.filters, outY = place / of.outWidth % of.outHeight,
                  outX = place % of.outWidth;
    if (place / (of.outWidth * of.outHeight) != b) return false;
    if (byTile && fast)
      return tileReads(outY, y, of.rows, of.outHeight, of.down) &&
             tileReads(outX, x, of.columns, of.outWidth, of.right);
    const int64_t row = y + of.down - outY * of.stride, column = x + of.right - outX * of.stride;
    return row >= 0 && row < of.rows && column >= 0 && column < of.columns;
  };
  Array changed = input;
  changed.numbers[of.input(b, y, x, chance.number(0, of.channels - 1))] = special;
  compare(
      before, results(changed, filter), [&](size_t i) { return seen(i, false); },
      [&](size_t i) { return seen(i, true); }, of.name() + ", pixel");

  Array weights = filter;
  const int64_t f = chance.number(0, of.filters - 1);
  weights.numbers[of.weight(chance.number(0, of.rows - 1), chance.number(0, of.columns - 1),
                            chance.number(0, of.channels - 1), f)] = special;
  const auto never = [](size_t) { return false; };
  const auto ofFilter = [&](size_t i) { return static_cast<int64_t>(i) % of.filters == f; };
  compare(before, results(input, weights), never, ofFilter, of.name() + ", weight");
}

void inFilterGradient(TF_DataType type, const Case& of, bool fast, float special, Chance& chance) {
  const Array input = as(type, inputOf(of, chance)), dy = as(type, outputOf(of, chance));
  const auto results = [&](const Array& x) {
    return succeeded(run("InceptionFilterGradient", gradientAttributes(of, 2, fast), {x, dy}), of.name());
  };
  const int64_t b = chance.number(0, of.batch - 1), y = chance.number(0, of.height - 1),
                x = chance.number(0, of.width - 1), c = chance.number(0, of.channels - 1);
  std::vector<bool> reached(static_cast<size_t>(of.rows * of.columns * of.channels * of.filters));
  of.each([&](int64_t batch, int64_t, int64_t, int64_t r, int64_t s, int64_t inputY, int64_t inputX) {
    if (batch == b && inputY == y && inputX == x)
      for (int64_t f = 0; f < of.filters; f++) reached[of.weight(r, s, c, f)] = true;
  });
  Array changed = input;
  changed.numbers[of.input(b, y, x, c)] = special;
  const bool mixes = fast || std::string(set->name) == "amx";
  compare(
      results(input), results(changed), [&](size_t i) { return reached[i]; },
      [&](size_t i) { return mixes && static_cast<int64_t>(i) / of.filters % of.channels == c; }, of.name() + ", gradient");
}

void inBatchNorm(TF_DataType type, float special, Chance& chance) {
  const int64_t channels = chance.one({16, 17, 32, 49}), channel = chance.number(0, channels - 1);
  Array x = as(type, chance.array({2, 3, 5, channels}));
  const Array scale = chance.array({channels}), offset = chance.array({channels}), dy = as(type, chance.array(x.shape));
  const Attributes attributes = {{{"threads", 2}, {"relu", 1}}, {}, {{"epsilon", 1e-3f}}};
  const auto results = [&] {
    const Result forward = run("InceptionBatchNorm", attributes, {x, scale, offset});
    std::vector<float> y = succeeded(forward, "batch norm");
    const Result backward =
        run("InceptionBatchNormGradient", attributes, {dy, x, scale, offset, forward.outputs[1], forward.outputs[3]});
    return std::pair{y, succeeded(backward, "batch norm's gradient")};
  };
  const auto [y, dx] = results();
  x.numbers[static_cast<size_t>(chance.number(0, 29) * channels + channel)] = special;
  const auto [changedY, changedDx] = results();
  const auto mine = [&](size_t i) { return static_cast<int64_t>(i) % channels == channel; };
  compare(y, changedY, std::isnan(special) ? Reaches(mine) : [](size_t) { return false; }, mine, "batch norm");
  compare(dx, changedDx, mine, mine, "batch norm's gradient");
}

}  // namespace

void specialNumbers() {
  Chance chance(4);
  int cases = 0;
  for (const TF_DataType type : types)
    for (const float special : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                                -std::numeric_limits<float>::infinity()})
      for (int turn = 0; turn < 30; turn++, cases += 5) {
        const auto& [rows, columns] = kernelSizes[turn % 6];
        const Case any = anyCase(chance, chance.number(1, 5), chance.number(1, 5), chance.number(1, 3));
        inConvolution(type, anyCase(chance, rows, columns, 1), true, special, chance);
        inConvolution(type, any, false, special, chance);
        inFilterGradient(type, any, false, special, chance);
        inFilterGradient(type, anyCase(chance, rows, columns, 1), true, special, chance);
        inBatchNorm(type, special, chance);
      }
  std::printf("special-numbers %s cases=%d\n", set->name, cases);
}
