#include "filter-gradient.h"

#include <algorithm>
#include <vector>

#include "numbers.h"
#include "panels.h"
#include "share.h"

namespace inception {
namespace {

/** So many pixels of dy's panel fill the first cache, so many numbers of the input's panels half of the second. */
constexpr int64_t pixelsAtOnce = 512, numbersAtOnce = 65536;

/** A place of the filter and how far the pixels that it sees lie from the output's, in rows and columns of its phase. */
struct Place {
  int64_t index, down, right;
};

/** A convolution with stride s is the sum of s * s convolutions with stride 1, each on every s-th row and column. */
struct Phase {
  View view;
  std::vector<Place> places;
};

std::vector<Phase> phasesOf(const Convolution& of, const float* input) {
  std::vector<Phase> phases;
  for (int64_t row = 0; row < std::min(of.stride, of.height); row++)
    for (int64_t column = 0; column < std::min(of.stride, of.width); column++) {
      const View view = {input + (row * of.width + column) * of.channels,
                         (of.height - row + of.stride - 1) / of.stride,
                         (of.width - column + of.stride - 1) / of.stride,
                         of.height * of.width * of.channels,
                         of.stride * of.width * of.channels,
                         of.stride * of.channels};
      std::vector<Place> places;
      for (int64_t index = 0; index < of.rows * of.columns; index++) {
        const int64_t down = index / of.columns - of.top - row, right = index % of.columns - of.left - column;
        if (down % of.stride == 0 && right % of.stride == 0) places.push_back({index, down / of.stride, right / of.stride});
      }
      if (!places.empty()) phases.push_back({view, places});
    }
  return phases;
}

/** Rows one after the other, counted through all pictures. */
struct Rows {
  int64_t first, count;
};

/** Those of the view that the places see from the given rows of the output. */
Rows rowsSeen(const Convolution& of, const Phase& phase, const Rows& outputs) {
  const auto seen = [&](int64_t output, const Place& place) {
    const int64_t row = output % of.outHeight + place.down;
    return output / of.outHeight * phase.view.height + std::clamp<int64_t>(row, 0, phase.view.height - 1);
  };
  const int64_t first = seen(outputs.first, phase.places.front());
  return {first, seen(outputs.first + outputs.count - 1, phase.places.back()) + 1 - first};
}

/** The pixels whose place lies on the map, in as few runs as they form. */
void runsOf(const Convolution& of, const View& view, const Place& place, const Rows& outputs, int64_t firstSeen,
            std::vector<Run>& runs) {
  const int64_t from = std::max<int64_t>(0, -place.right), to = std::min(of.outWidth, view.width - place.right);
  runs.clear();
  for (int64_t output = 0; output < outputs.count && from < to; output++) {
    const int64_t picture = (outputs.first + output) / of.outHeight;
    const int64_t row = (outputs.first + output) % of.outHeight + place.down;
    if (row < 0 || row >= view.height) continue;
    const int64_t seen = picture * view.height + row - firstSeen;
    const Run run = {seen * view.width + from + place.right, output * of.outWidth + from, to - from};
    Run* last = runs.empty() ? nullptr : &runs.back();
    if (last && last->input + last->length == run.input && last->dy + last->length == run.dy) last->length += run.length;
    else runs.push_back(run);
  }
}

/** Adds the sums over some rows of the output. */
void addRows(const Convolution& of, const std::vector<Phase>& phases, const float* dy, const Rows& all, float* sums) {
  std::vector<Run> runs;
  const int64_t most = std::min(all.count, std::max<int64_t>(1, pixelsAtOnce / of.outWidth));
  const auto dyPanels = numbers(most * of.outWidth * roundUp(of.filters, tileColumns));
  for (int64_t first = all.first; first < all.first + all.count; first += most) {
    const Rows outputs = {first, std::min(most, all.first + all.count - first)};
    const int64_t pixels = outputs.count * of.outWidth;
    packGradient(dy + first * of.outWidth * of.filters, pixels, of.filters, dyPanels.get());
    for (const Phase& phase : phases) {
      const Rows seen = rowsSeen(of, phase, outputs);
      const int64_t panelSize = oddLines(seen.count * phase.view.width * tileRows);
      const int64_t panels = std::clamp<int64_t>(numbersAtOnce / panelSize, 1, roundUp(of.channels, tileRows) / tileRows);
      const auto inputPanels = numbers(panels * panelSize);
      for (int64_t from = 0; from < of.channels; from += panels * tileRows) {
        const int64_t to = std::min(of.channels, from + panels * tileRows);
        packInput(phase.view, seen.first, seen.count, from, to, panelSize, inputPanels.get());
        for (const Place& place : phase.places) {
          runsOf(of, phase.view, place, outputs, seen.first, runs);
          for (int64_t filter = 0; filter < of.filters; filter += tileColumns)
            for (int64_t channel = from; channel < to; channel += tileRows)
              addProducts(runs.data(), runs.size(), inputPanels.get() + (channel - from) / tileRows * panelSize,
                          dyPanels.get() + filter * pixels,
                          sums + (place.index * of.channels + channel) * of.filters + filter, of.filters,
                          std::min(tileRows, to - channel), std::min(tileColumns, of.filters - filter));
        }
      }
    }
  }
}

}  // namespace

void filterGradient(const Convolution& of, const float* input, const float* dy, float* gradient, int threads) {
  const int64_t size = of.rows * of.columns * of.channels * of.filters, rows = of.batch * of.outHeight;
  const std::vector<Phase> phases = phasesOf(of, input);
  std::fill(gradient, gradient + size, 0.0f);
  std::vector<std::vector<float>> others(static_cast<size_t>(threads - 1));
  share(threads, threads, [&] {
    return [&](int64_t part) {
      float* sums = gradient;
      if (part > 0) {
        std::vector<float>& own = others[static_cast<size_t>(part - 1)];
        own = vectorOf(size);
        sums = own.data();
      }
      const int64_t first = rows * part / threads;
      addRows(of, phases, dy, {first, rows * (part + 1) / threads - first}, sums);
    };
  });
  for (const std::vector<float>& sums : others)
    for (int64_t i = 0; i < size; i++) gradient[i] += sums[static_cast<size_t>(i)];
}

}  // namespace inception
