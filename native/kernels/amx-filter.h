// A filter as the right matrices of a convolution's products.
#pragma once
#include "../numbers.h"
#include "../share.h"
#include "amx-numbers.h"
#include "pieces.h"

#if INCEPTION_LANES == 16
namespace inception::INCEPTION_SET {

/** For each sixteen filters and each place a matrix of every 32 channels, and after it that of the lower parts. */
template <int parts>
class FilterMatrices {
  const Convolution of;
  const float* const filter;
  const int64_t places = of.rows * of.columns;

 public:
  const int64_t depth = tilesOf(of.channels, matrixDepth), blocks = tilesOf(of.filters, matrixSide);
  /** In bytes, from one place and from sixteen filters to the next. */
  const int64_t placeBytes = depth * parts * matrixBytes, blockBytes = places * placeBytes;
  const Numbers<char> all = numbers<char>(blocks * blockBytes);

  /** `backward`: `weights` are those of the convolution whose input's gradient this one computes (kernel-set.h). */
  FilterMatrices(const Convolution& convolution, bool backward, const float* weights, int threads)
      : of(convolution), filter(weights) {
    share(blocks * places, threads, [&] {
      return [&](int64_t index) {
        const int64_t block = index / places, place = index % places;
        char* target = all.get() + block * blockBytes + place * placeBytes;
        for (int64_t i = 0; i < depth; i++, target += parts * matrixBytes)
          if (backward) packTurned(places - 1 - place, i * matrixDepth, block * matrixSide, target);
          else pack(place, i * matrixDepth, block * matrixSide, target);
      };
    });
  }

  /** What a place has for these sixteen filters, and beside them for the next. */
  Matrices from(int64_t block, int64_t place) const {
    return {all.get() + block * blockBytes + place * placeBytes, 64, parts * matrixBytes, blockBytes, matrixBytes};
  }

 private:
  WITH_NARROWING void pack(int64_t place, int64_t channel, int64_t from, char* target) const {
    for (int64_t row = 0; row < matrixSide; row++, target += 64) {
      const int64_t even = channel + 2 * row, count = of.filters - from;
      const float* numbers = filter + (place * of.channels + even) * of.filters + from;
      const Parts both = partsAt(numbers, those(even < of.channels ? count : 0), numbers + of.filters,
                                 those(even + 1 < of.channels ? count : 0));
      write(paired(both.upper), paired(both.lower), target);
    }
  }

  /** The channels are the other convolution's filters, so a row of its filter is a column here. */
  WITH_NARROWING void packTurned(int64_t place, int64_t channel, int64_t from, char* target) const {
    __m512i upper[matrixSide], lower[matrixSide];
    for (int64_t column = 0; column < matrixSide; column++) {
      const bool exists = from + column < of.filters;
      const float* numbers = filter + (place * of.filters + from + column) * of.channels + channel;
      const int64_t count = exists ? of.channels - channel : 0;
      const Parts both = partsAt(numbers, those(count), numbers + matrixSide, those(count - matrixSide));
      upper[column] = both.upper, lower[column] = both.lower;
    }
    turn(upper);
    if constexpr (parts == 2) turn(lower);
    for (int64_t row = 0; row < matrixSide; row++) write(upper[row], lower[row], target + row * 64);
  }

  WITH_NARROWING static void write(__m512i upper, __m512i lower, char* target) {
    _mm512_storeu_si512(target, upper);
    if constexpr (parts == 2) _mm512_storeu_si512(target + matrixBytes, lower);
  }
};

}  // namespace inception::INCEPTION_SET
#endif
