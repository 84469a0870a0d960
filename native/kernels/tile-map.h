// The tiles that a map of results is cut into, the pixels that each of them sees, and their numbers at the points.
#pragma once
#include <algorithm>

#include "../convolution.h"
#include "transforms.h"

namespace inception::INCEPTION_SET {

template <class Both>
class TileMap {
  static constexpr int down = Both::Down::outputs, across = Both::Across::outputs;
  static constexpr int height = Both::Down::points, width = Both::Across::points;

  const Convolution& of;
  const int64_t tilesDown = (of.outHeight + down - 1) / down, tilesAcross = (of.outWidth + across - 1) / across;

 public:
  const int64_t count = of.batch * tilesDown * tilesAcross;

  explicit TileMap(const Convolution& convolution) : of(convolution) {}

  struct Corner {
    int64_t picture, row, column;
  };
  /** In the map of results. */
  Corner corner(int64_t tile) const {
    return {tile / (tilesDown * tilesAcross), tile / tilesAcross % tilesDown * down, tile % tilesAcross * across};
  }

  /** Where the pixels that a tile sees lie: `zeros` in the place of those beside the map. Fetches the next tile's. */
  template <class Number>
  void seen(int64_t tile, const Number* input, const Number* zeros, const Number* (&pixels)[height * width]) const {
    const Corner at = corner(tile);
    for (int64_t row = 0; row < height; row++)
      for (int64_t column = 0; column < width; column++) {
        const int64_t y = at.row - of.top + row, x = at.column - of.left + column;
        const bool inside = y >= 0 && y < of.height && x >= 0 && x < of.width;
        const Number*& pixel = pixels[row * width + column];
        pixel = inside ? input + ((at.picture * of.height + y) * of.width + x) * of.channels : zeros;
        if (column >= width - across) fetch(pixel + across * of.channels, of.channels);
      }
  }

  /** The same for a tile's results. */
  template <class Number>
  void results(int64_t tile, const Number* output, const Number* zeros, const Number* (&pixels)[down * across]) const {
    const Corner at = corner(tile);
    for (int64_t row = 0; row < down; row++)
      for (int64_t column = 0; column < across; column++) {
        const int64_t y = at.row + row, x = at.column + column;
        const bool inside = y < of.outHeight && x < of.outWidth;
        const Number*& pixel = pixels[row * across + column];
        pixel = inside ? output + ((at.picture * of.outHeight + y) * of.outWidth + x) * of.filters : zeros;
        fetch(pixel + across * of.filters, of.filters);
      }
  }

 private:
  template <class Number>
  static void fetch(const Number* pixel, int64_t channels) {
    for (int64_t channel = 0; channel < channels; channel += 64 / sizeof(Number)) __builtin_prefetch(pixel + channel);
  }
};

template <class Both, Side side>
constexpr int placesAcross = Both::Across::template places<side>;
template <class Both, Side side>
constexpr int placesOf = Both::Down::template places<side> * placesAcross<Both, side>;

/**
 * Writes the numbers at the points of the channels from `from` to before `to`: a vector `strip` after the one before, those of
 * a point `step` after the one before; at each, the last vector is filled up with zeros.
 */
template <class Both, Side side, class Number>
WITH_VECTORS inline void toPoints(const Number* const (&pixels)[placesOf<Both, side>], int64_t from, int64_t to, float* target,
                                  int64_t strip, int64_t step) {
  const auto transform = [step](const Number* const* sources, int64_t channel, float* points) WITH_VECTORS {
    Both::template toPoints<side>(
        [=](int row, int column) { return sources[row * placesAcross<Both, side> + column] + channel; },
        [=](int row, int column) { return points + (row * Both::Across::points + column) * step; });
  };
  int64_t channel = from;
  for (; channel + lanes <= to; channel += lanes, target += strip) transform(pixels, channel, target);
  if (channel == to) return;
  Number rest[placesOf<Both, side>][lanes] = {};
  const Number* sources[placesOf<Both, side>];
  for (int place = 0; place < placesOf<Both, side>; place++) {
    std::copy(pixels[place] + channel, pixels[place] + to, rest[place]);
    sources[place] = rest[place];
  }
  transform(sources, 0, target);
}

}  // namespace inception::INCEPTION_SET
