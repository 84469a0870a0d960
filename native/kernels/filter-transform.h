// A filter's transform: panels of sixteen filters, each point by point, channels x 16; the last one filled up with zeros.
#pragma once
#include "../convolution.h"
#include "../numbers.h"
#include "products.h"
#include "../share.h"
#include "transforms.h"

namespace inception::INCEPTION_SET {

template <class Both>
struct FilterTransform {
  static constexpr int width = Both::Across::points, columnTaps = Both::Across::taps, taps = Both::Down::taps * columnTaps;

  const Convolution& of;
  const bool backward;
  const float* filter;
  float* transformed;

  void run(int threads) const {
    const int64_t parts = (of.channels + channelsAtOnce - 1) / channelsAtOnce;
    share(roundUp(of.filters, tileColumns) / tileColumns * parts, threads, [&] {
      return [&](int64_t index) { transformPanel(index / parts, index % parts * channelsAtOnce); };
    });
  }

 private:
  static constexpr int64_t channelsAtOnce = 64;

  /** As many of its channels, from `first` on. */
  WITH_VECTORS void transformPanel(int64_t panel, int64_t first) const {
    const int64_t from = panel * tileColumns, count = std::min(tileColumns, of.filters - from);
    const int64_t step = of.channels * tileColumns;
    float weights[taps][tileColumns] = {};
    for (int64_t channel = first; channel < std::min(of.channels, first + channelsAtOnce); channel++) {
      for (int place = 0; place < taps; place++)
        for (int64_t i = 0; i < count; i++) weights[place][i] = wall(place, channel, from + i);
      float* target = transformed + (panel * Both::points * of.channels + channel) * tileColumns;
      for (int64_t lane = 0; lane < tileColumns; lane += lanes)
        Both::template toPoints<Side::filter>(
            [&](int row, int column) -> const float* { return weights[row * columnTaps + column] + lane; },
            [=](int row, int column) { return target + (row * width + column) * step + lane; });
    }
  }

  float wall(int place, int64_t channel, int64_t index) const {
    return backward ? filter[((taps - 1 - place) * of.filters + index) * of.channels + channel]
                    : filter[(place * of.channels + channel) * of.filters + index];
  }
};

}  // namespace inception::INCEPTION_SET
