// Which matrices there are, by the size of the filter.
#pragma once
#include "../convolution.h"
#include "transforms.h"

namespace inception::INCEPTION_SET {

/** All points that a side takes with so many results at once. */
constexpr int64_t pointsOf(int64_t length, int64_t outputs, int64_t taps) {
  return (length + outputs - 1) / outputs * (outputs + taps - 1);
}
constexpr bool sixAtOnce(int64_t length) { return pointsOf(length, 6, 7) < pointsOf(length, 4, 7); }

template <int down, int rowTaps, int across, int columnTaps>
using PlaneOf = Plane<Axis<down, rowTaps>, Axis<across, columnTaps>>;

/** Calls `use` with the matrices for this convolution; false where there are none. */
template <class Use>
bool withPlane(const Convolution& of, const Use& use) {
  if (of.rows > 7 || of.columns > 7 || of.stride > 1) return false;
  switch (of.rows * 10 + of.columns) {
    case 33: return use(PlaneOf<4, 3, 4, 3>()), true;
    case 55: return use(PlaneOf<4, 5, 4, 5>()), true;
    case 13: return use(PlaneOf<1, 1, 4, 3>()), true;
    case 31: return use(PlaneOf<4, 3, 1, 1>()), true;
    case 17: return sixAtOnce(of.outWidth) ? use(PlaneOf<1, 1, 6, 7>()) : use(PlaneOf<1, 1, 4, 7>()), true;
    case 71: return sixAtOnce(of.outHeight) ? use(PlaneOf<6, 7, 1, 1>()) : use(PlaneOf<4, 7, 1, 1>()), true;
    default: return false;
  }
}

}  // namespace inception::INCEPTION_SET
