// A map's tiles: transformed, multiplied point by point with the transformed filter, and transformed back.
#pragma once
#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "fast-convolution.h"
#include "../numbers.h"
#include "pieces.h"
#include "products.h"
#include "../share.h"
#include "tile-map.h"

namespace inception::INCEPTION_SET {

template <class Both, class Number>
class FastTiles {
  /**
   * So many numbers of a block's transformed input lie in half of the second cache; the filter's panels are read once for
   * each block, from the third, which too few tiles would not repay. Where there are more threads than blocks, several share
   * the panels of one.
   */
  static constexpr int64_t numbersAtOnce = 65536, fewestTiles = 24, mostTiles = 48;
  static constexpr int down = Both::Down::outputs, across = Both::Across::outputs;
  static constexpr int width = Both::Across::points, points = Both::points;

  const Convolution& of;
  const Number* input;
  const float* filterPanels;
  Number* output;
  const TileMap<Both> map{of};
  const int64_t depth = roundUp(of.channels, lanes), panels = roundUp(of.filters, tileColumns) / tileColumns;
  const std::vector<Number> zeros = std::vector<Number>(static_cast<size_t>(depth));
  const float smallest;
  /** A pixel's sixteen results in float32 fill a line of the cache. They go past it, which spares reading the line before. */
  const bool wholeLines =
      sizeof(Number) == 4 && of.filters % tileColumns == 0 && reinterpret_cast<uintptr_t>(output) % 64 == 0;
  std::vector<float> biases = vectorOf(panels * tileColumns);

 public:
  FastTiles(const Convolution& convolution, const Finish& finish, const Number* from, const float* transformed, Number* to)
      : of(convolution),
        input(from),
        filterPanels(transformed),
        output(to),
        smallest(finish.relu ? 0 : -std::numeric_limits<float>::infinity()) {
    if (finish.bias) std::copy_n(finish.bias, of.filters, biases.data());
  }

  void run(int threads) {
    const int64_t fitting = numbersAtOnce / (points * depth) / tileRows * tileRows;
    const int64_t ofOneThread = roundUp((map.count + threads - 1) / threads, tileRows);
    const int64_t size = std::min(std::clamp(fitting, fewestTiles, mostTiles), ofOneThread);
    const int64_t inputStep = oddLines(size * depth), sumStep = oddLines(size * tileColumns);
    const int64_t blocks = (map.count + size - 1) / size, groups = std::clamp<int64_t>(threads / blocks, 1, panels);
    share(blocks * groups, threads, [&] {
      return [&, room = Room(points * inputStep, points * sumStep)](int64_t index) {
        const int64_t first = index / groups * size, group = index % groups;
        const Tiles block = {first, std::min(size, map.count - first)};
        computeTiles(block, {panels * group / groups, panels * (group + 1) / groups}, room, size);
      };
    });
  }

 private:
  /** What one thread works in: at all points the numbers of a block's input, and the sums of as many panels. */
  struct Room {
    const int64_t inputSize, sumSize;
    const Numbers<float> inputs = numbers<float>(inputSize), sums = numbers<float>(panelsAtOnce * sumSize);
    Room(int64_t ofInput, int64_t ofSums) : inputSize(ofInput), sumSize(ofSums) {}
  };
  struct Tiles {
    int64_t first, count;
  };

  /** The filters of the panels from `from` to before `to`. In a block of `size` tiles, strips of channels lie tile by tile. */
  void computeTiles(Tiles tiles, Range group, const Room& room, int64_t size) {
    const int64_t inputStep = room.inputSize / points, sumStep = room.sumSize / points;
    const PanelSteps steps = {points * of.channels * tileColumns, room.sumSize};
    const Number* pixels[points];
    for (int64_t tile = 0; tile < tiles.count; tile++) {
      map.seen(tiles.first + tile, input, zeros.data(), pixels);
      toPoints<Both, Side::input>(pixels, 0, of.channels, room.inputs.get() + tile * lanes, size * lanes, inputStep);
    }
    for (int64_t panel = group.from; panel < group.to; panel += panelsAtOnce) {
      const int64_t together = std::min(panelsAtOnce, group.to - panel);
      for (int point = 0; point < points; point++)
        multiplyPanels(room.inputs.get() + point * inputStep, size * lanes, tiles.count,
                       filterPanels + panel * steps.right + point * of.channels * tileColumns, of.channels,
                       room.sums.get() + point * sumStep, together, steps);
      for (int64_t one = 0; one < together; one++)
        for (int64_t tile = 0; tile < tiles.count; tile++)
          transformOutput(tiles.first + tile, (panel + one) * tileColumns,
                          room.sums.get() + one * room.sumSize + tile * tileColumns, sumStep);
    }
    streamed();
  }

  WITH_VECTORS static void past(const Vector& x, Number* target) {
    if constexpr (sizeof(Number) == sizeof(float)) stream(x, target);
    else store(x, target);
  }

  WITH_VECTORS void transformOutput(int64_t tile, int64_t from, const float* sums, int64_t panel) const {
    const auto corner = map.corner(tile);
    const int64_t rows = std::min<int64_t>(down, of.outHeight - corner.row);
    const int64_t columns = std::min<int64_t>(across, of.outWidth - corner.column);
    Number* const pixels =
        output + ((corner.picture * of.outHeight + corner.row) * of.outWidth + corner.column) * of.filters + from;
    Vector results[tileVectors][down][across];
    for (int64_t i = 0; i < tileVectors; i++)
      Both::template fromPoints<Side::output>([=](int row, int column) { return sums + (row * width + column) * panel + i * lanes; }, results[i]);
    const Vector least = all(smallest);
    const bool whole = from + tileColumns <= of.filters;
    for (int64_t row = 0; row < rows; row++)
      for (int64_t column = 0; column < columns; column++) {
        Number* const target = pixels + (row * of.outWidth + column) * of.filters;
        Number sixteen[tileColumns];
#pragma GCC unroll 4
        for (int64_t i = 0; i < tileVectors; i++) {
          const Vector sum = results[i][row][column] + at(biases.data() + from + i * lanes);
          const Vector result = sum < least ? least : sum;
          if (wholeLines) past(result, target + i * lanes);
          else store(result, (whole ? target : sixteen) + i * lanes);
        }
        if (!whole) std::memcpy(target, sixteen, static_cast<size_t>(of.filters - from) * sizeof(Number));
      }
  }
};

}  // namespace inception::INCEPTION_SET
