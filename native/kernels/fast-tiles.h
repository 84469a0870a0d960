// A map's tiles: transformed, multiplied point by point with the transformed filter, and transformed back.
#pragma once
#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "fast-convolution.h"
#include "../numbers.h"
#include "products.h"
#include "../share.h"
#include "tile-map.h"

namespace inception::INCEPTION_SET {

template <class Both, class Number>
class FastTiles {
  /**
   * So many numbers of a block's transformed input lie in half of the second cache; the filter's panels are read once for
   * each block, from the third, which too few tiles would not repay.
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
    const int64_t fitting = numbersAtOnce / (points * depth) / productRows * productRows;
    const int64_t ofOneThread = roundUp((map.count + threads - 1) / threads, productRows);
    const int64_t size = std::min(std::clamp(fitting, fewestTiles, mostTiles), ofOneThread);
    const int64_t inputPanel = oddLines(size * depth), sumPanel = oddLines(size * tileColumns);
    share((map.count + size - 1) / size, threads, [&] {
      return [&, inputs = numbers<float>(points * inputPanel), sums = numbers<float>(points * sumPanel)](int64_t index) {
        const int64_t first = index * size;
        computeTiles(first, std::min(size, map.count - first), inputs.get(), inputPanel, sums.get(), sumPanel);
      };
    });
  }

 private:
  void computeTiles(int64_t first, int64_t count, float* inputs, int64_t inputPanel, float* sums, int64_t sumPanel) {
    const Number* pixels[points];
    for (int64_t tile = 0; tile < count; tile++) {
      map.seen(first + tile, input, zeros.data(), pixels);
      toPoints<Both, Side::input>(pixels, 0, of.channels, inputs + tile * depth, inputPanel);
    }
    for (int64_t panel = 0; panel < panels; panel++) {
      for (int point = 0; point < points; point++)
        multiplyPanel(inputs + point * inputPanel, depth, count,
                      filterPanels + (panel * points + point) * of.channels * tileColumns, of.channels,
                      sums + point * sumPanel);
      for (int64_t tile = 0; tile < count; tile++)
        transformOutput(first + tile, panel * tileColumns, sums + tile * tileColumns, sumPanel);
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
