// By the matrices of the convolution, each transposed: with results = output * ((filter * weights) . (input * pixels)),
//   gradient = filter^T * (the sum over all tiles of (output^T * dy) . (input * pixels)).
#include "fast-filter-gradient.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "panels.h"
#include "pieces.h"
#include "planes.h"
#include "tile-map.h"

namespace inception::INCEPTION_SET {
namespace {

template <class Both, class Number>
class GradientTiles {
  /**
   * Sums at all points of a block of channels and filters are read and written once for so many tiles, whose transforms lie
   * in the second and third cache meanwhile. Each is made anew for every block of the other kind. Parts of the tiles and these
   * blocks follow from the convolution alone; into what threads may cut a block changes no sum. Processors with AVX-512 have
   * larger second caches and farther third ones.
   */
  static constexpr int64_t mostOfBlock = lanes == 16 ? 128 : 192, numbersAtOnce = lanes == 16 ? 1 << 18 : 1 << 19;
  static constexpr int64_t fewestTiles = 32, mostTiles = 128;
  static constexpr int64_t fewestPieces = 8, fewestOfPart = 64;
  static constexpr int points = Both::points, width = Both::Across::points, taps = placesOf<Both, Side::filter>;

  const Convolution& of;
  const Number* input;
  const Number* dy;
  const TileMap<Both> map{of};
  const int64_t channelBlocks = tilesOf(of.channels, mostOfBlock), filterBlocks = tilesOf(of.filters, mostOfBlock);
  const int64_t blocks = channelBlocks * filterBlocks;
  const int64_t parts = std::max<int64_t>(1, std::min(tilesOf(fewestPieces, blocks), map.count / fewestOfPart));
  const std::vector<Number> zeros = std::vector<Number>(static_cast<size_t>(std::max(of.channels, of.filters)));

 public:
  GradientTiles(const Convolution& convolution, const Number* x, const Number* gradientOfOutput)
      : of(convolution), input(x), dy(gradientOfOutput) {}

  void run(float* gradient, int threads) const {
    const PartSums sums(gradient, parts, taps * of.channels * of.filters);
    const Grid grid(tilesOf(of.channels, tileRows) / channelBlocks, tilesOf(of.filters, tileColumns) / filterBlocks,
                    tilesOf(piecesFor(threads, points * map.count * of.channels * of.filters), parts * blocks));
    const int64_t ofBlock = grid.channels * grid.filters;
    share(parts * blocks * ofBlock, threads, [&] {
      return [&, room = Room()](int64_t index) mutable {
        const int64_t piece = index % ofBlock, block = index / ofBlock % blocks, part = index / (ofBlock * blocks);
        const Range tiles = partOf({0, map.count}, parts, part);
        const Range channels = partOf({0, of.channels}, channelBlocks, block / filterBlocks, tileRows);
        const Range filters = partOf({0, of.filters}, filterBlocks, block % filterBlocks, tileColumns);
        addUp(tiles, std::min(tilesAtOnce(channels, filters), tiles.count()),
              partOf(channels, grid.channels, piece / grid.filters, tileRows),
              partOf(filters, grid.filters, piece % grid.filters, tileColumns), sums.of(part), room);
      };
    });
    sums.addUp(threads);
  }

 private:
  /** What one thread works in, as large as its largest piece. */
  struct Room {
    std::vector<float> sums, inputs, gradients;
  };

  /** Of a whole block: what is added up in registers decides the last bits. */
  static int64_t tilesAtOnce(Range channels, Range filters) {
    const int64_t rows = roundUp(channels.count(), lanes), columns = roundUp(filters.count(), tileColumns);
    return std::clamp(numbersAtOnce / (points * (rows + columns)), fewestTiles, mostTiles);
  }

  void addUp(Range tiles, int64_t size, Range channels, Range filters, float* target, Room& room) const {
    const int64_t rows = roundUp(channels.count(), lanes), columns = roundUp(filters.count(), tileColumns);
    const int64_t inputStep = oddLines(size * rows), dyStep = oddLines(size * columns), sumStep = channels.count() * columns;
    room.sums.assign(static_cast<size_t>(points * sumStep), 0.0f);
    room.inputs.resize(static_cast<size_t>(points * inputStep));
    room.gradients.resize(static_cast<size_t>(points * dyStep));
    for (int64_t first = tiles.from; first < tiles.to; first += size) {
      const int64_t count = std::min(size, tiles.to - first);
      for (int64_t tile = 0; tile < count; tile++) {
        const Number* seen[points];
        map.seen(first + tile, input, zeros.data(), seen);
        toPoints<Both, Side::input>(seen, channels.from, channels.to, &room.inputs[tile * rows], lanes, inputStep);
        const Number* results[placesOf<Both, Side::output>];
        map.results(first + tile, dy, zeros.data(), results);
        for (int64_t from = filters.from; from < filters.to; from += tileColumns)
          toPoints<Both, Side::output>(results, from, std::min(from + tileColumns, filters.to),
                                       &room.gradients[(from - filters.from) * size + tile * tileColumns], lanes, dyStep);
      }
      for (int point = 0; point < points; point++)
        for (int64_t column = 0; column < columns; column += columnsAtOnce)
          for (int64_t row = 0; row < channels.count(); row += tileRows)
            addProducts(count, &room.inputs[point * inputStep + row], rows,
                        &room.gradients[point * dyStep + column * size], size * tileColumns,
                        &room.sums[point * sumStep + row * columns + column], columns,
                        std::min(tileRows, channels.count() - row), std::min(columnsAtOnce, columns - column));
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
