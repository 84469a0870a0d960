// By the matrices of the convolution, each transposed: with results = output * ((filter * weights) . (input * pixels)),
//   gradient = filter^T * (the sum over all tiles of (output^T * dy) . (input * pixels)).
#include "fast-filter-gradient.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "../numbers.h"
#include "../share.h"
#include "panels.h"
#include "planes.h"
#include "tile-map.h"

namespace inception::INCEPTION_SET {
namespace {

/** From `from` to before `to`. */
struct Range {
  int64_t from, to;
  int64_t count() const { return to - from; }
};

/** The `index`-th of so many parts of `count` things, cut at multiples of `unit`. */
Range partOf(int64_t count, int64_t parts, int64_t index, int64_t unit = 1) {
  const int64_t units = (count + unit - 1) / unit;
  const auto border = [&](int64_t part) { return std::min(count, units * part / parts * unit); };
  return {border(index), border(index + 1)};
}

template <class Both, class Number>
class GradientTiles {
  /**
   * Sums at all points of a block of channels and filters are read and written once for so many tiles, whose transforms lie
   * in the second and third cache meanwhile. Each is made anew for every block of the other kind.
   */
  static constexpr int64_t mostOfBlock = Both::points > 36 ? 96 : 192;
  static constexpr int64_t numbersAtOnce = 1 << 19, fewestTiles = 32, mostTiles = 128;
  static constexpr int64_t pieces = 8, fewestOfPart = placesOf<Both, Side::output> > 16 ? 32 : 64;
  static constexpr int points = Both::points, width = Both::Across::points, taps = placesOf<Both, Side::filter>;

  const Convolution& of;
  const Number* input;
  const Number* dy;
  const TileMap<Both> map{of};
  const int64_t channelBlocks = (of.channels + mostOfBlock - 1) / mostOfBlock;
  const int64_t filterBlocks = (of.filters + mostOfBlock - 1) / mostOfBlock, blocks = channelBlocks * filterBlocks;
  const int64_t wanted = std::min((pieces + blocks - 1) / blocks, map.count / fewestOfPart);
  const int64_t parts = std::max<int64_t>(1, wanted);
  const std::vector<Number> zeros = std::vector<Number>(static_cast<size_t>(std::max(of.channels, of.filters)));

 public:
  GradientTiles(const Convolution& convolution, const Number* x, const Number* gradientOfOutput)
      : of(convolution), input(x), dy(gradientOfOutput) {}

  /** Cut by the convolution alone; what parts of the tiles give is added in order. */
  void run(float* gradient, int threads) const {
    const int64_t size = taps * of.channels * of.filters;
    std::vector<float> others = vectorOf((parts - 1) * size);
    share(parts * blocks, threads, [&] {
      return [&, room = Room()](int64_t index) mutable {
        const int64_t part = index / blocks, block = index % blocks;
        float* target = part == 0 ? gradient : others.data() + (part - 1) * size;
        addUp(partOf(map.count, parts, part), partOf(of.channels, channelBlocks, block / filterBlocks, tileRows),
              partOf(of.filters, filterBlocks, block % filterBlocks, tileColumns), target, room);
      };
    });
    for (int64_t part = 1; part < parts; part++)
      for (int64_t i = 0; i < size; i++) gradient[i] += others[static_cast<size_t>((part - 1) * size + i)];
  }

 private:
  /** What one thread works in, as large as its largest piece. */
  struct Room {
    std::vector<float> sums, inputs, gradients;
  };

  void addUp(Range tiles, Range channels, Range filters, float* target, Room& room) const {
    const int64_t rows = roundUp(channels.count(), lanes), columns = roundUp(filters.count(), tileColumns);
    const int64_t fitting = numbersAtOnce / (points * (rows + columns));
    const int64_t size = std::min(std::clamp(fitting, fewestTiles, mostTiles), tiles.count());
    const int64_t inputStep = oddLines(size * rows), dyStep = oddLines(size * columns), sumStep = channels.count() * columns;
    room.sums.assign(static_cast<size_t>(points * sumStep), 0.0f);
    room.inputs.resize(static_cast<size_t>(points * inputStep));
    room.gradients.resize(static_cast<size_t>(points * dyStep));
    for (int64_t first = tiles.from; first < tiles.to; first += size) {
      const int64_t count = std::min(size, tiles.to - first);
      for (int64_t tile = 0; tile < count; tile++) {
        const Number* seen[points];
        map.seen(first + tile, input, zeros.data(), seen);
        toPoints<Both, Side::input>(seen, channels.from, channels.to, &room.inputs[tile * rows], inputStep);
        const Number* results[placesOf<Both, Side::output>];
        map.results(first + tile, dy, zeros.data(), results);
        for (int64_t from = filters.from; from < filters.to; from += tileColumns)
          toPoints<Both, Side::output>(results, from, std::min(from + tileColumns, filters.to),
                                       &room.gradients[(from - filters.from) * size + tile * tileColumns], dyStep);
      }
      for (int point = 0; point < points; point++)
        for (int64_t column = 0; column < columns; column += tileColumns)
          for (int64_t row = 0; row < channels.count(); row += tileRows)
            addProducts(count, &room.inputs[point * inputStep + row], rows,
                        &room.gradients[point * dyStep + column * size],
                        &room.sums[point * sumStep + row * columns + column], columns,
                        std::min(tileRows, channels.count() - row));
    }
    for (int64_t row = 0; row < channels.count(); row++)
      for (int64_t column = 0; column < filters.count(); column += lanes)
        writeGradient(&room.sums[row * columns + column], sumStep, std::min(lanes, filters.count() - column),
                      target + (channels.from + row) * of.filters + filters.from + column);
  }

  WITH_VECTORS void writeGradient(const float* sums, int64_t step, int64_t count, float* target) const {
    Vector gradient[Both::Down::taps][Both::Across::taps];
    Both::template fromPoints<Side::filter>([=](int row, int column) { return sums + (row * width + column) * step; },
                                            gradient);
    for (int place = 0; place < taps; place++)
      std::memcpy(target + place * of.channels * of.filters, &gradient[place / Both::Across::taps][place % Both::Across::taps],
                  static_cast<size_t>(count) * sizeof(float));
  }
};

}  // namespace

template <class Number>
void fastFilterGradient(const Convolution& of, const Number* input, const Number* dy, float* gradient, int threads) {
  withPlane(of, [&](auto plane) { GradientTiles<decltype(plane), Number>(of, input, dy).run(gradient, threads); });
}

template void fastFilterGradient(const Convolution&, const float*, const float*, float*, int);
template void fastFilterGradient(const Convolution&, const Bfloat16*, const Bfloat16*, float*, int);

}  // namespace inception::INCEPTION_SET
