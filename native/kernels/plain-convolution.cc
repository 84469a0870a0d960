#include "plain-convolution.h"

#include <limits>

#include "../numbers.h"
#include "../share.h"
#include "pieces.h"

namespace inception::INCEPTION_SET {
namespace {

inline float valueOf(float x) { return x; }
inline float valueOf(Bfloat16 x) {
  const uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/** Of one target. */
template <class Number>
class Sums {
  struct Read {
    const Number* input;
    int64_t channels;
    /** Rows x columns x channels x filters, zeros behind the last filter. */
    std::vector<float> weights;
  };
  const Convolution of;
  const bool backward;
  const Target<Number>& to;
  const int64_t panels = tilesOf(of.filters, tileColumns), step = panels * tileColumns;
  std::vector<Read> reads;
  std::vector<float> biases = vectorOf(step);
  const float smallest;

 public:
  Sums(const Convolution& window, bool isBackward, const SideBySide<Number>& maps, size_t target)
      : of(maps.between(window, 0, target)),
        backward(isBackward),
        to(maps.targets[target]),
        smallest(maps.relu ? 0 : -std::numeric_limits<float>::infinity()) {
    for (size_t source = 0; source < maps.sources.size(); source++) {
      const auto& [input, channels] = maps.sources[source];
      reads.push_back({input, channels, weightsOf(maps.filters[std::max(source, target)], channels)});
    }
    if (to.bias) std::copy_n(to.bias, of.filters, biases.data());
  }

  /** Of the output, counted through all pictures. */
  void row(int64_t index) const {
    for (int64_t column = 0; column < of.outWidth; column++)
      for (int64_t panel = 0; panel < panels; panel++) pixel(index, column, panel * tileColumns);
  }

 private:
  std::vector<float> weightsOf(const float* filter, int64_t channels) const {
    const int64_t places = of.rows * of.columns;
    std::vector<float> weights = vectorOf(places * channels * step);
    for (int64_t place = 0; place < places; place++)
      for (int64_t c = 0; c < channels; c++)
        for (int64_t f = 0; f < of.filters; f++) {
          const int64_t turned = ((places - 1 - place) * of.filters + f) * channels + c;
          const float weight = filter[backward ? turned : (place * channels + c) * of.filters + f];
          weights[static_cast<size_t>((place * channels + c) * step + f)] = weight;
        }
    return weights;
  }

  /** Along one side, what a place of the filter sees of a source, negative where it is nothing. */
  int64_t seen(int64_t result, int64_t zeros, int64_t place) const {
    if (!backward) return result * of.stride - zeros + place;
    const int64_t spread = result - zeros + place;
    return spread % of.stride == 0 ? spread / of.stride : -1;
  }

  WITH_VECTORS void add(const Read& read, int64_t row, int64_t column, int64_t from, Vector (&sums)[tileVectors]) const {
    for (int64_t r = 0; r < of.rows; r++)
      for (int64_t s = 0; s < of.columns; s++) {
        const int64_t y = seen(row % of.outHeight, of.top, r), x = seen(column, of.left, s);
        if (y < 0 || y >= of.height || x < 0 || x >= of.width) continue;
        const Number* pixel = read.input + ((row / of.outHeight * of.height + y) * of.width + x) * read.channels;
        const float* weight = read.weights.data() + (r * of.columns + s) * read.channels * step + from;
        for (int64_t c = 0; c < read.channels; c++, weight += step)
          for (int64_t i = 0; i < tileVectors; i++) sums[i] += valueOf(pixel[c]) * at(weight + i * lanes);
      }
  }

  WITH_VECTORS void pixel(int64_t row, int64_t column, int64_t from) const {
    Vector sums[tileVectors];
    for (int64_t i = 0; i < tileVectors; i++) sums[i] = at(biases.data() + from + i * lanes);
    for (const Read& read : reads) add(read, row, column, from, sums);
    Number sixteen[tileColumns];
    const Vector least = all(smallest);
    for (int64_t i = 0; i < tileVectors; i++) store(sums[i] < least ? least : sums[i], sixteen + i * lanes);
    const int64_t count = std::min(tileColumns, of.filters - from);
    std::copy_n(sixteen, count, to.numbers + (row * of.outWidth + column) * of.filters + from);
  }
};

}  // namespace

template <class Number>
void plainConvolution(const Convolution& of, bool backward, const SideBySide<Number>& maps, int threads) {
  for (size_t target = 0; target < maps.targets.size(); target++) {
    const Sums<Number> sums(of, backward, maps, target);
    share(of.batch * of.outHeight, threads, [&] { return [&](int64_t index) { sums.row(index); }; });
  }
}

template void plainConvolution(const Convolution&, bool, const SideBySide<float>&, int);
template void plainConvolution(const Convolution&, bool, const SideBySide<Bfloat16>&, int);

}  // namespace inception::INCEPTION_SET
