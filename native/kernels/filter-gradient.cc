#include "filter-gradient.h"

#include "cut.h"
#include "phases.h"

namespace inception::INCEPTION_SET {
namespace {

/** So many pixels of dy's panel fill the first cache, so many numbers of the input's panels half of the second. */
constexpr int64_t pixelsAtOnce = 512, numbersAtOnce = 65536;

/** Those of the view that the places see from the given rows of the output. */
template <class Number>
Rows rowsSeen(const Convolution& of, const Phase<Number>& phase, const Rows& outputs) {
  const auto seen = [&](int64_t output, const Place& place) {
    const int64_t row = output % of.outHeight + place.down;
    return output / of.outHeight * phase.view.height + std::clamp<int64_t>(row, 0, phase.view.height - 1);
  };
  const int64_t first = seen(outputs.first, phase.places.front());
  return {first, seen(outputs.first + outputs.count - 1, phase.places.back()) + 1 - first};
}

/** The pixels whose place lies on the map, in as few runs as they form. */
template <class Number>
void runsOf(const Convolution& of, const View<Number>& view, const Place& place, const Rows& outputs, int64_t firstSeen,
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

/** Writes a piece's sums. */
template <class Number>
void sumPiece(const Convolution& of, const std::vector<Phase<Number>>& phases, const Number* dy, const Piece& piece,
              float* sums) {
  const auto& [all, channels, filters] = piece;
  const auto sumsAt = [&, sums](int64_t place, int64_t channel, int64_t filter) {
    return sums + (place * of.channels + channel) * of.filters + filter;
  };
  for (int64_t place = 0; place < of.rows * of.columns; place++)
    for (int64_t channel = channels.from; channel < channels.to; channel++)
      std::fill_n(sumsAt(place, channel, filters.from), filters.count(), 0.0f);
  std::vector<Run> runs;
  const int64_t most = std::min(all.count, std::max<int64_t>(1, pixelsAtOnce / of.outWidth));
  const auto dyPanels = numbers<Entry<Number>>(most * of.outWidth * roundUp(filters.count(), tileColumns));
  for (int64_t first = all.first; first < all.first + all.count; first += most) {
    const Rows outputs = {first, std::min(most, all.first + all.count - first)};
    const int64_t pixels = outputs.count * of.outWidth;
    packGradient(dy + first * of.outWidth * of.filters + filters.from, pixels, of.filters, filters.count(), dyPanels.get());
    for (const Phase<Number>& phase : phases) {
      const Rows seen = rowsSeen(of, phase, outputs);
      const int64_t panelSize = oddLines(seen.count * phase.view.width * tileRows);
      const int64_t panels = std::clamp<int64_t>(numbersAtOnce / panelSize, 1, panelsOf(channels.count()));
      const auto inputPanels = numbers<Entry<Number>>(panels * panelSize);
      for (int64_t from = channels.from; from < channels.to; from += panels * tileRows) {
        const int64_t to = std::min(channels.to, from + panels * tileRows);
        packInput(phase.view, seen.first, seen.count, from, to, panelSize, inputPanels.get());
        for (const Place& place : phase.places) {
          runsOf(of, phase.view, place, outputs, seen.first, runs);
          for (int64_t filter = filters.from; filter < filters.to; filter += columnsAtOnce)
            for (int64_t channel = from; channel < to; channel += tileRows)
              addProducts(runs.data(), runs.size(), inputPanels.get() + (channel - from) / tileRows * panelSize,
                          dyPanels.get() + (filter - filters.from) * pixels, pixels * tileColumns,
                          sumsAt(place.index, channel, filter), of.filters, std::min(tileRows, to - channel),
                          std::min(columnsAtOnce, filters.to - filter));
        }
      }
    }
  }
}

template <class Number>
void gradientOf(const Convolution& of, const std::vector<Phase<Number>>& phases, const Slope<Number>& slope, int threads) {
  const Cut cut(of, of.batch * of.outHeight, threads);
  const PartSums sums(slope.gradient, cut.parts, cut.size);
  share(cut.parts * cut.blocks, threads, [&] {
    return [&](int64_t index) { sumPiece(of, phases, slope.dy, cut.piece(index), sums.of(index / cut.blocks)); };
  });
  sums.addUp(threads);
}

}  // namespace

template <class Number>
void filterGradient(const Convolution& of, const Number* input, const std::vector<Slope<Number>>& slopes, int threads) {
  const std::vector<Phase<Number>> phases = phasesOf(of, input);
  for (const Slope<Number>& slope : slopes) {
    Convolution one = of;
    one.filters = slope.filters;
    gradientOf(one, phases, slope, threads);
  }
}

template void filterGradient(const Convolution&, const float*, const std::vector<Slope<float>>&, int);
template void filterGradient(const Convolution&, const Bfloat16*, const std::vector<Slope<Bfloat16>>&, int);

}  // namespace inception::INCEPTION_SET
