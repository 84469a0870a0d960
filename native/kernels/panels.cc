#include "panels.h"

#include <algorithm>

namespace inception::INCEPTION_SET {
namespace {

/** `count` entries of a pixel's numbers and the next pixel's. */
WITH_VECTORS inline void pack(const float* numbers, const float*, int64_t count, float* target) {
  std::copy_n(numbers, count, target);
}
WITH_VECTORS inline void pack(const Bfloat16* numbers, const Bfloat16* next, int64_t count, Pair* target) {
  for (int64_t i = 0; i < count; i++) target[i] = numbers[i].bits | static_cast<Pair>(next[i].bits) << 16;
}

}  // namespace

template <class Number>
WITH_VECTORS void packGradient(const Number* dy, int64_t pixels, int64_t step, int64_t filters,
                               Entry<Number>* panels) {
  for (int64_t from = 0; from < filters; from += tileColumns) {
    const int64_t columns = std::min(tileColumns, filters - from);
    for (int64_t pixel = 0; pixel < pixels; pixel++, panels += tileColumns) {
      const Number* source = dy + pixel * step + from;
      const Number* next = pixel + 1 < pixels ? source + step : source;
      if (columns == tileColumns) pack(source, next, tileColumns, panels);
      else {
        pack(source, next, columns, panels);
        std::fill(panels + columns, panels + tileColumns, Entry<Number>{});
      }
    }
  }
}

template <class Number>
WITH_VECTORS void packInput(const View<Number>& view, int64_t first, int64_t rows, int64_t fromChannel, int64_t toChannel,
                            int64_t panelSize, Entry<Number>* panels) {
  const int64_t whole = (toChannel - fromChannel) / tileRows, rest = (toChannel - fromChannel) % tileRows;
  for (int64_t row = first; row < first + rows; row++) {
    const Number* pixel = view.row(row) + fromChannel;
    const Number* below = row + 1 < first + rows ? view.row(row + 1) + fromChannel : nullptr;
    for (int64_t column = 0; column < view.width; column++, panels += tileRows) {
      const Number* next = column + 1 < view.width ? pixel + view.columnStep : below ? below : pixel;
      Entry<Number>* target = panels;
      for (int64_t panel = 0; panel < whole; panel++, target += panelSize)
        pack(pixel + panel * tileRows, next + panel * tileRows, tileRows, target);
      pack(pixel + whole * tileRows, next + whole * tileRows, rest, target);
      pixel = next;
    }
  }
}

template void packGradient(const float*, int64_t, int64_t, int64_t, float*);
template void packGradient(const Bfloat16*, int64_t, int64_t, int64_t, Pair*);
template void packInput(const View<float>&, int64_t, int64_t, int64_t, int64_t, int64_t, float*);
template void packInput(const View<Bfloat16>&, int64_t, int64_t, int64_t, int64_t, int64_t, Pair*);

}  // namespace inception::INCEPTION_SET
