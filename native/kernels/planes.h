// Which matrices there are, by the size of the filter.
#pragma once
#include "../convolution.h"
#include "transforms.h"

namespace inception::INCEPTION_SET {

/** Products for each channel and filter of one picture, with so many results at once along each side of the filter. */
constexpr int64_t productsOf(const Convolution& of, int64_t outputs) {
  const auto along = [=](int64_t length, int64_t taps) {
    return taps == 1 ? length : (length + outputs - 1) / outputs * (outputs + taps - 1);
  };
  return along(of.outHeight, of.rows) * along(of.outWidth, of.columns);
}

template <int down, int rowTaps, int across, int columnTaps>
using PlaneOf = Plane<Axis<down, rowTaps>, Axis<across, columnTaps>>;

/** Calls `use` with the matrices for this convolution; false where there are none. */
template <class Use>
bool withPlane(const Convolution& of, const Use& use) {
  if (of.rows > 7 || of.columns > 7 || of.stride > 1) return false;
  const bool six = productsOf(of, 6) < productsOf(of, 4);
  switch (of.rows * 10 + of.columns) {
    case 33: return six ? use(PlaneOf<6, 3, 6, 3>()) : use(PlaneOf<4, 3, 4, 3>()), true;
    case 55: return use(PlaneOf<4, 5, 4, 5>()), true;
    case 13: return use(PlaneOf<1, 1, 4, 3>()), true;
    case 31: return use(PlaneOf<4, 3, 1, 1>()), true;
    case 17: return six ? use(PlaneOf<1, 1, 6, 7>()) : use(PlaneOf<1, 1, 4, 7>()), true;
    case 71: return six ? use(PlaneOf<6, 7, 1, 1>()) : use(PlaneOf<4, 7, 1, 1>()), true;
    default: return false;
  }
}

}  // namespace inception::INCEPTION_SET
