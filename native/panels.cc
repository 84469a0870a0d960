#include "panels.h"

#include <algorithm>
#include <cstring>

#include "vectors.h"

namespace inception {
namespace {

template <int rows>
WITH_FMA void tile(const Run* runs, size_t count, const float* inputPanel, const float* dyPanel, float* sums, int64_t step,
                   int64_t columns) {
  Vector low[rows] = {}, high[rows] = {};
  for (size_t run = 0; run < count; run++) {
    const float* input = inputPanel + runs[run].input * tileRows;
    const float* dy = dyPanel + runs[run].dy * tileColumns;
    for (int64_t pixel = 0; pixel < runs[run].length; pixel++, input += tileRows, dy += tileColumns) {
      const Vector first = at(dy), second = at(dy + lanes);
#pragma GCC unroll 6
      for (int row = 0; row < rows; row++) {
        const Vector x = eight(input[row]);
        low[row] += x * first;
        high[row] += x * second;
      }
    }
  }
#pragma GCC unroll 6
  for (int row = 0; row < rows; row++) {
    float tileRow[tileColumns];
    std::memcpy(tileRow, &low[row], sizeof(Vector));
    std::memcpy(tileRow + lanes, &high[row], sizeof(Vector));
    for (int64_t column = 0; column < columns; column++) sums[row * step + column] += tileRow[column];
  }
}

using Tile = void (*)(const Run*, size_t, const float*, const float*, float*, int64_t, int64_t);
constexpr Tile tiles[tileRows] = {tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>};

}  // namespace

void addProducts(const Run* runs, size_t count, const float* inputPanel, const float* dyPanel, float* sums, int64_t step,
                 int64_t rows, int64_t columns) {
  tiles[rows - 1](runs, count, inputPanel, dyPanel, sums, step, columns);
}

void packGradient(const float* dy, int64_t pixels, int64_t filters, float* panels) {
  for (int64_t from = 0; from < filters; from += tileColumns) {
    const int64_t columns = std::min(tileColumns, filters - from);
    for (int64_t pixel = 0; pixel < pixels; pixel++, panels += tileColumns) {
      const float* source = dy + pixel * filters + from;
      if (columns == tileColumns) std::memcpy(panels, source, tileColumns * sizeof(float));
      else std::fill(std::copy(source, source + columns, panels), panels + tileColumns, 0.0f);
    }
  }
}

void packInput(const View& view, int64_t first, int64_t rows, int64_t fromChannel, int64_t toChannel, int64_t panelSize,
               float* panels) {
  const int64_t whole = (toChannel - fromChannel) / tileRows, rest = (toChannel - fromChannel) % tileRows;
  for (int64_t row = first; row < first + rows; row++) {
    const float* pixel =
        view.numbers + row / view.height * view.pictureStep + row % view.height * view.rowStep + fromChannel;
    for (int64_t column = 0; column < view.width; column++, pixel += view.columnStep, panels += tileRows) {
      const float* source = pixel;
      float* target = panels;
      for (int64_t panel = 0; panel < whole; panel++, source += tileRows, target += panelSize)
        std::memcpy(target, source, tileRows * sizeof(float));
      for (int64_t channel = 0; channel < rest; channel++) target[channel] = source[channel];
    }
  }
}

}  // namespace inception
