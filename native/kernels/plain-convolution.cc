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

template <class Number>
class Sums {
  const Convolution& of;
  const Number* const input;
  Number* const output;
  const int64_t panels = tilesOf(of.filters, tileColumns), step = panels * tileColumns;
  /** Rows x columns x channels x filters, zeros behind the last filter. */
  std::vector<float> weights = vectorOf(of.rows * of.columns * of.channels * step), biases = vectorOf(step);
  const float smallest;

 public:
  Sums(const Convolution& convolution, bool backward, const Finish& finish, const Number* from, const float* filter, Number* to)
      : of(convolution),
        input(from),
        output(to),
        smallest(finish.relu ? 0 : -std::numeric_limits<float>::infinity()) {
    const int64_t places = of.rows * of.columns;
    for (int64_t place = 0; place < places; place++)
      for (int64_t c = 0; c < of.channels; c++)
        for (int64_t f = 0; f < of.filters; f++) {
          const int64_t turned = ((places - 1 - place) * of.filters + f) * of.channels + c;
          const float weight = filter[backward ? turned : (place * of.channels + c) * of.filters + f];
          weights[static_cast<size_t>((place * of.channels + c) * step + f)] = weight;
        }
    if (finish.bias) std::copy_n(finish.bias, of.filters, biases.data());
  }

  /** Of the output, counted through all pictures. */
  void row(int64_t index) const {
    for (int64_t column = 0; column < of.outWidth; column++)
      for (int64_t panel = 0; panel < panels; panel++) pixel(index, column, panel * tileColumns);
  }

 private:
  WITH_VECTORS void pixel(int64_t row, int64_t column, int64_t from) const {
    Vector sums[tileVectors];
    for (int64_t i = 0; i < tileVectors; i++) sums[i] = at(biases.data() + from + i * lanes);
    for (int64_t r = 0; r < of.rows; r++)
      for (int64_t s = 0; s < of.columns; s++) {
        const int64_t y = row % of.outHeight * of.stride - of.top + r, x = column * of.stride - of.left + s;
        if (y < 0 || y >= of.height || x < 0 || x >= of.width) continue;
        const Number* seen = input + ((row / of.outHeight * of.height + y) * of.width + x) * of.channels;
        const float* weight = weights.data() + (r * of.columns + s) * of.channels * step + from;
        for (int64_t c = 0; c < of.channels; c++, weight += step)
          for (int64_t i = 0; i < tileVectors; i++) sums[i] += valueOf(seen[c]) * at(weight + i * lanes);
      }
    Number sixteen[tileColumns];
    const Vector least = all(smallest);
    for (int64_t i = 0; i < tileVectors; i++) store(sums[i] < least ? least : sums[i], sixteen + i * lanes);
    const int64_t count = std::min(tileColumns, of.filters - from);
    std::copy_n(sixteen, count, output + (row * of.outWidth + column) * of.filters + from);
  }
};

}  // namespace

template <class Number>
void plainConvolution(const Convolution& of, bool backward, const Finish& finish, const Number* input, const float* filter,
                      Number* output, int threads) {
  const Sums<Number> sums(of, backward, finish, input, filter, output);
  share(of.batch * of.outHeight, threads, [&] { return [&](int64_t index) { sums.row(index); }; });
}

template void plainConvolution(const Convolution&, bool, const Finish&, const float*, const float*, float*, int);
template void plainConvolution(const Convolution&, bool, const Finish&, const Bfloat16*, const float*, Bfloat16*, int);

}  // namespace inception::INCEPTION_SET
