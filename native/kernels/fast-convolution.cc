#include "fast-convolution.h"

#include "fast-tiles.h"
#include "filter-transform.h"

namespace inception::INCEPTION_SET {
namespace {

/** What there is for one pair of matrices. */
struct Method {
  int64_t points;
  void (*transform)(const Convolution&, bool, const float*, float*, int);
  void (*run)(const Convolution&, const Finish&, const float*, const float*, float*, int);
  void (*runInBfloat16)(const Convolution&, const Finish&, const Bfloat16*, const float*, Bfloat16*, int);
};

template <class Both, class Number>
void runTiles(const Convolution& of, const Finish& finish, const Number* input, const float* transformed, Number* output,
              int threads) {
  FastTiles<Both, Number>(of, finish, input, transformed, output).run(threads);
}

template <int down, int rowTaps, int across, int columnTaps>
constexpr Method with() {
  using Both = Plane<Axis<down, rowTaps>, Axis<across, columnTaps>>;
  return {Both::points,
          [](const Convolution& of, bool backward, const float* filter, float* transformed, int threads) {
            FilterTransform<Both>{of, backward, filter, transformed}.run(threads);
          },
          runTiles<Both, float>, runTiles<Both, Bfloat16>};
}

/** All points that a side takes with so many results at once. */
constexpr int64_t pointsOf(int64_t length, int64_t outputs, int64_t taps) {
  return (length + outputs - 1) / outputs * (outputs + taps - 1);
}
constexpr bool sixAtOnce(int64_t length) { return pointsOf(length, 6, 7) < pointsOf(length, 4, 7); }

constexpr Method none = {0, nullptr, nullptr, nullptr};

Method methodOf(const Convolution& of) {
  if (of.rows > 7 || of.columns > 7) return none;
  switch (of.rows * 10 + of.columns) {
    case 33: return with<4, 3, 4, 3>();
    case 55: return with<4, 5, 4, 5>();
    case 13: return with<1, 1, 4, 3>();
    case 31: return with<4, 3, 1, 1>();
    case 17: return sixAtOnce(of.outWidth) ? with<1, 1, 6, 7>() : with<1, 1, 4, 7>();
    case 71: return sixAtOnce(of.outHeight) ? with<6, 7, 1, 1>() : with<4, 7, 1, 1>();
    default: return none;
  }
}

}  // namespace

int64_t transformedSize(const Convolution& of) {
  return methodOf(of).points * of.channels * roundUp(of.filters, tileColumns);
}

void transformFilter(const Convolution& of, bool backward, const float* filter, float* transformed, int threads) {
  methodOf(of).transform(of, backward, filter, transformed, threads);
}

template <>
void fastConvolution(const Convolution& of, const Finish& finish, const float* input, const float* transformed,
                     float* output, int threads) {
  methodOf(of).run(of, finish, input, transformed, output, threads);
}
template <>
void fastConvolution(const Convolution& of, const Finish& finish, const Bfloat16* input, const float* transformed,
                     Bfloat16* output, int threads) {
  methodOf(of).runInBfloat16(of, finish, input, transformed, output, threads);
}

}  // namespace inception::INCEPTION_SET
