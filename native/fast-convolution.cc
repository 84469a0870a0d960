#include "fast-convolution.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "numbers.h"
#include "products.h"
#include "share.h"
#include "transforms.h"

namespace {

/**
 * So many numbers of a block's transformed input lie in half of the second cache; the filter's panels are read once for
 * each block, from the third, which too few tiles would not repay.
 */
constexpr int64_t numbersAtOnce = 65536, fewestTiles = 24, mostTiles = 48;

template <int down, int rowTaps, int across, int columnTaps>
class Fast {
  using Down = Axis<down, rowTaps>;
  using Across = Axis<across, columnTaps>;
  using Both = Plane<Down, Across>;
  static constexpr int height = Down::points, width = Across::points, points = height * width;

  const FastConvolution& convolution;
  const Convolution& of = convolution.of;
  const float *input, *filter;
  float* output;
  const int64_t tileRows = (of.outHeight + down - 1) / down, tileColumns = (of.outWidth + across - 1) / across;
  const int64_t tiles = of.batch * tileRows * tileColumns;
  const int64_t depth = roundUp(of.channels, lanes), panels = (of.filters + productColumns - 1) / productColumns;
  const std::vector<float> zeros = std::vector<float>(depth);
  const float smallest = convolution.relu ? 0 : -std::numeric_limits<float>::infinity();
  /** A pixel's sixteen results fill a line of the cache. They go past it, which spares reading the line before. */
  const bool wholeLines = of.filters % productColumns == 0 && reinterpret_cast<uintptr_t>(output) % 64 == 0;
  std::vector<float> biases = std::vector<float>(panels * productColumns);
  const std::unique_ptr<float[]> filterPanels = numbers(panels * points * of.channels * productColumns);

 public:
  Fast(const FastConvolution& convolution, const float* input, const float* filter, float* output)
      : convolution(convolution), input(input), filter(filter), output(output) {
    if (convolution.bias) std::copy_n(convolution.bias, of.filters, biases.data());
  }

  void run(int parts) {
    const int64_t fitting = numbersAtOnce / (points * depth) / productRows * productRows;
    const int64_t ofOnePart = roundUp((tiles + parts - 1) / parts, productRows);
    const int64_t size = std::min(std::clamp(fitting, fewestTiles, mostTiles), ofOnePart);
    const int64_t inputPanel = oddLines(size * depth), sumPanel = oddLines(size * productColumns);
    share(panels, parts, [&] { return [&](int64_t panel) { transformFilter(panel); }; });
    share((tiles + size - 1) / size, parts, [&] {
      return [&, inputs = numbers(points * inputPanel), sums = numbers(points * sumPanel)](int64_t index) {
        const int64_t first = index * size;
        computeTiles(first, std::min(size, tiles - first), inputs.get(), inputPanel, sums.get(), sumPanel);
      };
    });
  }

 private:
  /** Panels of sixteen filters, point by point: channels x 16. */
  WITH_FMA void transformFilter(int64_t panel) {
    const int64_t from = panel * productColumns, count = std::min(productColumns, of.filters - from);
    const int64_t step = of.channels * productColumns;
    float weights[rowTaps * columnTaps][productColumns] = {};
    for (int64_t channel = 0; channel < of.channels; channel++) {
      for (int place = 0; place < rowTaps * columnTaps; place++)
        for (int64_t i = 0; i < count; i++) weights[place][i] = weight(place, channel, from + i);
      float* target = filterPanels.get() + (panel * points * of.channels + channel) * productColumns;
      for (int64_t lane = 0; lane < productColumns; lane += lanes)
        Both::template toPoints<Side::filter>(
            [&](int row, int column) -> const float* { return weights[row * columnTaps + column] + lane; },
            [=](int row, int column) { return target + (row * width + column) * step + lane; });
    }
  }

  float weight(int place, int64_t channel, int64_t index) const {
    return convolution.backward ? filter[((rowTaps * columnTaps - 1 - place) * of.filters + index) * of.channels + channel]
                                : filter[(place * of.channels + channel) * of.filters + index];
  }

  void computeTiles(int64_t first, int64_t count, float* inputs, int64_t inputPanel, float* sums, int64_t sumPanel) {
    for (int64_t tile = 0; tile < count; tile++) transformInput(first + tile, inputs + tile * depth, inputPanel);
    for (int64_t panel = 0; panel < panels; panel++) {
      for (int point = 0; point < points; point++)
        multiplyPanel(inputs + point * inputPanel, depth, count,
                      filterPanels.get() + (panel * points + point) * of.channels * productColumns, of.channels,
                      sums + point * sumPanel);
      for (int64_t tile = 0; tile < count; tile++)
        transformOutput(first + tile, panel * productColumns, sums + tile * productColumns, sumPanel);
    }
    streamed();
  }

  struct Corner {
    int64_t picture, row, column;
  };
  Corner cornerOf(int64_t tile) const {
    return {tile / (tileRows * tileColumns), tile / tileColumns % tileRows * down, tile % tileColumns * across};
  }

  WITH_FMA void transformInput(int64_t tile, float* target, int64_t panel) const {
    const Corner corner = cornerOf(tile);
    const float* pixels[points];
    for (int64_t row = 0; row < height; row++)
      for (int64_t column = 0; column < width; column++) {
        const int64_t y = corner.row - of.top + row, x = corner.column - of.left + column;
        const bool inside = y >= 0 && y < of.height && x >= 0 && x < of.width;
        pixels[row * width + column] =
            inside ? input + ((corner.picture * of.height + y) * of.width + x) * of.channels : zeros.data();
        if (column >= width - across) fetchAhead(pixels[row * width + column] + across * of.channels);
      }
    int64_t channel = 0;
    for (; channel + lanes <= of.channels; channel += lanes) transformPixels(pixels, channel, target + channel, panel);
    if (channel == of.channels) return;
    float rest[points][lanes] = {};
    for (int point = 0; point < points; point++) {
      std::copy(pixels[point] + channel, pixels[point] + of.channels, rest[point]);
      pixels[point] = rest[point];
    }
    transformPixels(pixels, 0, target + channel, panel);
  }

  /** The next tile's pixels. */
  void fetchAhead(const float* pixel) const {
    for (int64_t channel = 0; channel < of.channels; channel += productColumns) __builtin_prefetch(pixel + channel);
  }

  WITH_FMA static void transformPixels(const float* const* pixels, int64_t channel, float* target, int64_t panel) {
    Both::template toPoints<Side::input>(
        [=](int row, int column) { return pixels[row * width + column] + channel; },
        [=](int row, int column) { return target + (row * width + column) * panel; });
  }

  WITH_FMA void transformOutput(int64_t tile, int64_t from, const float* sums, int64_t panel) const {
    const Corner corner = cornerOf(tile);
    const int64_t rows = std::min<int64_t>(down, of.outHeight - corner.row);
    const int64_t columns = std::min<int64_t>(across, of.outWidth - corner.column);
    float* const pixels =
        output + ((corner.picture * of.outHeight + corner.row) * of.outWidth + corner.column) * of.filters + from;
    Vector results[productVectors][down][across];
    for (int64_t i = 0; i < productVectors; i++)
      Both::fromPoints([=](int row, int column) { return sums + (row * width + column) * panel + i * lanes; }, results[i]);
    const Vector least = eight(smallest), bias[] = {at(biases.data() + from), at(biases.data() + from + lanes)};
    for (int64_t row = 0; row < rows; row++)
      for (int64_t column = 0; column < columns; column++) {
        float* const target = pixels + (row * of.outWidth + column) * of.filters;
        Vector sixteen[productVectors];
#pragma GCC unroll 2
        for (int64_t i = 0; i < productVectors; i++) {
          const Vector sum = results[i][row][column] + bias[i];
          sixteen[i] = sum < least ? least : sum;
          if (wholeLines) stream(sixteen[i], target + i * lanes);
        }
        if (!wholeLines) std::memcpy(target, sixteen, std::min(productColumns, of.filters - from) * sizeof(float));
      }
  }
};

using Run = void (*)(const FastConvolution&, const float*, const float*, float*, int);

template <int down, int rowTaps, int across, int columnTaps>
void run(const FastConvolution& convolution, const float* input, const float* filter, float* output, int parts) {
  Fast<down, rowTaps, across, columnTaps>(convolution, input, filter, output).run(parts);
}

/** All points that a side takes with so many results at once. */
int64_t pointsOf(int64_t length, int64_t outputs, int64_t taps) {
  return (length + outputs - 1) / outputs * (outputs + taps - 1);
}
bool sixAtOnce(int64_t length) { return pointsOf(length, 6, 7) < pointsOf(length, 4, 7); }

Run runOf(const Convolution& of) {
  switch (of.rows * 10 + of.columns) {
    case 33: return run<4, 3, 4, 3>;
    case 55: return run<4, 5, 4, 5>;
    case 13: return run<1, 1, 4, 3>;
    case 31: return run<4, 3, 1, 1>;
    case 17: return sixAtOnce(of.outWidth) ? run<1, 1, 6, 7> : run<1, 1, 4, 7>;
    case 71: return sixAtOnce(of.outHeight) ? run<6, 7, 1, 1> : run<4, 7, 1, 1>;
    default: return nullptr;
  }
}

}  // namespace

bool fastConvolution(const FastConvolution& convolution, const float* input, const float* filter, float* output,
                     int parts) {
  const Run run = runOf(convolution.of);
  if (run) run(convolution, input, filter, output, parts);
  return run != nullptr;
}
