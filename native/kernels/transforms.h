// The matrices of cook-toom.h at work on vectors of channels: constants in the code, zeros left out, and each pair of
// points x and -x from one sum over even and one over odd places.
#pragma once
#include "../cook-toom.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

enum class Side { input, filter, output };

template <int outputsAtOnce, int filterTaps>
struct Axis {
  static constexpr int outputs = outputsAtOnce, taps = filterTaps, points = outputs + taps - 1;
  static constexpr CookToom<outputs, taps> matrices{};
  template <Side side>
  static constexpr int places = side == Side::input ? points : side == Side::filter ? taps : outputs;

  template <Side side>
  static constexpr float entry(int point, int place) {
    return static_cast<float>(side == Side::input    ? matrices.input[point][place]
                              : side == Side::filter ? matrices.filter[point][place]
                                                     : matrices.output[place][point]);
  }

  template <Side side>
  WITH_VECTORS static inline void toPoints(const Vector (&x)[places<side>], Vector (&y)[points]) {
    if constexpr (points == 1) {
      y[0] = x[0];
    } else {
      y[0] = sum<side, 0, 0, 2>(x);
      y[points - 1] = sum<side, points - 1, places<side> == points ? 1 : places<side> - 1, 2>(x);
      pairs<side, 1>(x, y);
    }
  }

  /** By the transposed matrix; of `Side::output`, or of `Side::filter` for the gradient of a filter. */
  template <Side side>
  WITH_VECTORS static inline void fromPoints(const Vector (&x)[points], Vector (&y)[places<side>]) {
    if constexpr (points == 1) {
      y[0] = x[0];
    } else {
      Vector sums[points], differences[points];
#pragma GCC unroll 16
      for (int point = 1; point < points - 1; point += 2) {
        sums[point] = x[point] + x[point + 1];
        differences[point] = x[point] - x[point + 1];
      }
#pragma GCC unroll 16
      for (int place = 0; place < places<side>; place++) {
        Vector total = place == 0 ? all(entry<side>(0, 0)) * x[0] : place == places<side> - 1 ? x[points - 1] : Vector{};
#pragma GCC unroll 16
        for (int point = 1; point < points - 1; point += 2)
          total += all(entry<side>(point, place)) * (place % 2 ? differences : sums)[point];
        y[place] = total;
      }
    }
  }

 private:
  template <Side side, int point>
  WITH_VECTORS static inline void pairs(const Vector (&x)[places<side>], Vector (&y)[points]) {
    if constexpr (point < points - 1) {
      const Vector even = sum<side, point, 0, 2>(x), odd = sum<side, point, 1, 2>(x);
      y[point] = even + odd;
      y[point + 1] = even - odd;
      pairs<side, point + 2>(x, y);
    }
  }

  /** Over every `step`-th place. */
  template <Side side, int point, int place, int step>
  WITH_VECTORS static inline Vector sum(const Vector (&x)[places<side>]) {
    constexpr float factor = entry<side>(point, place);
    const Vector term = factor == 1 ? x[place] : factor == 0 ? Vector{} : all(factor) * x[place];
    if constexpr (place + step < places<side>) return term + sum<side, point, place + step, step>(x);
    else return term;
  }
};

/** Both axes: columns first, then rows. `source` and `target` tell where the numbers of a row and column lie. */
template <class DownAxis, class AcrossAxis>
struct Plane {
  using Down = DownAxis;
  using Across = AcrossAxis;
  static constexpr int points = Down::points * Across::points;

  template <Side side, class Source, class Target>
  WITH_VECTORS static inline void toPoints(const Source& source, const Target& target) {
    Vector halfway[Down::points][Across::template places<side>];
    for (int column = 0; column < Across::template places<side>; column++) {
      Vector x[Down::template places<side>], y[Down::points];
      for (int row = 0; row < Down::template places<side>; row++) x[row] = load(source(row, column));
      Down::template toPoints<side>(x, y);
      for (int row = 0; row < Down::points; row++) halfway[row][column] = y[row];
    }
    for (int row = 0; row < Down::points; row++) {
      Vector y[Across::points];
      Across::template toPoints<side>(halfway[row], y);
      for (int column = 0; column < Across::points; column++) at(target(row, column)) = y[column];
    }
  }

  template <Side side, int down, int across, class Source>
  WITH_VECTORS static inline void fromPoints(const Source& source, Vector (&results)[down][across]) {
    Vector halfway[down][Across::points];
    for (int column = 0; column < Across::points; column++) {
      Vector x[Down::points], y[down];
      for (int row = 0; row < Down::points; row++) x[row] = load(source(row, column));
      Down::template fromPoints<side>(x, y);
      for (int row = 0; row < down; row++) halfway[row][column] = y[row];
    }
    for (int row = 0; row < down; row++) Across::template fromPoints<side>(halfway[row], results[row]);
  }
};

}  // namespace inception::INCEPTION_SET
