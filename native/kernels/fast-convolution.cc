#include "fast-convolution.h"

#include "fast-tiles.h"
#include "filter-transform.h"
#include "planes.h"

namespace inception::INCEPTION_SET {

int64_t transformedSize(const Convolution& of) {
  int64_t points = 0;
  withPlane(of, [&](auto plane) { points = decltype(plane)::points; });
  return points * of.channels * roundUp(of.filters, tileColumns);
}

void transformFilter(const Convolution& of, bool backward, const float* filter, float* transformed, int threads) {
  withPlane(of, [&](auto plane) { FilterTransform<decltype(plane)>{of, backward, filter, transformed}.run(threads); });
}

template <class Number>
void fastConvolution(const Convolution& of, const Finish& finish, const Number* input, const float* transformed,
                     Number* output, int threads) {
  withPlane(of, [&](auto plane) {
    FastTiles<decltype(plane), Number>(of, finish, input, transformed, output).run(threads);
  });
}

template void fastConvolution(const Convolution&, const Finish&, const float*, const float*, float*, int);
template void fastConvolution(const Convolution&, const Finish&, const Bfloat16*, const float*, Bfloat16*, int);

}  // namespace inception::INCEPTION_SET
