// How a gradient of filters is cut among threads, and put together.
#pragma once
#include <algorithm>
#include <memory>

#include "../numbers.h"
#include "../share.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

/** From `from` to before `to`. */
struct Range {
  int64_t from, to;
  int64_t count() const { return to - from; }
};

constexpr int64_t tilesOf(int64_t count, int64_t unit) { return (count + unit - 1) / unit; }

/** The `index`-th of so many parts, cut at multiples of `unit`. */
inline Range partOf(Range all, int64_t parts, int64_t index, int64_t unit = 1) {
  const int64_t units = tilesOf(all.count(), unit);
  const auto border = [&](int64_t part) { return std::min(all.to, all.from + units * part / parts * unit); };
  return {border(index), border(index + 1)};
}

/**
 * Threads take pieces as they come, and of few threads each takes several: one that is held up keeps nobody waiting long. A
 * piece of fewer products would not repay waking a thread.
 */
constexpr int64_t piecesFor(int threads, int64_t products) {
  const int64_t most = threads == 1 ? 1 : std::max<int64_t>(8, threads);
  return std::clamp<int64_t>(products >> 20, 1, most);
}

/**
 * Into how many blocks so many tiles of channels and of filters are cut: `wanted` of them where there are as many tiles. No sum
 * depends on it. What belongs to one side is read anew for each block of the other, so the longer one is cut.
 */
struct Grid {
  int64_t channels = 1, filters = 1;

  Grid(int64_t channelTiles, int64_t filterTiles, int64_t wanted) {
    while (channels * filters < std::min(wanted, channelTiles * filterTiles)) {
      const bool longer = channelTiles * tileRows * filters >= filterTiles * tileColumns * channels;
      if (channels < channelTiles && (longer || filters == filterTiles)) channels = std::min(channelTiles, 2 * channels);
      else filters = std::min(filterTiles, 2 * filters);
    }
  }
};

/** Sums of each part of the pixels: the first part's lie in the gradient itself. All that they hold is to be written. */
class PartSums {
  static constexpr int64_t numbersAtOnce = 16384;
  float* const gradient;
  const int64_t parts, size;
  const Numbers<float> others = numbers<float>((parts - 1) * size);

 public:
  PartSums(float* target, int64_t count, int64_t length) : gradient(target), parts(count), size(length) {}

  float* of(int64_t part) const { return part == 0 ? gradient : others.get() + (part - 1) * size; }

  /** One part after the other. */
  void addUp(int threads) const {
    if (parts == 1) return;
    share(tilesOf(size, numbersAtOnce), threads, [&] {
      return [&](int64_t index) {
        const int64_t from = index * numbersAtOnce, to = std::min(size, from + numbersAtOnce);
        for (int64_t part = 1; part < parts; part++) {
          const float* sums = of(part);
          for (int64_t i = from; i < to; i++) gradient[i] += sums[i];
        }
      };
    });
  }
};

}  // namespace inception::INCEPTION_SET
