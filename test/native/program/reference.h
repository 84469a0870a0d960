// The plain sums in double precision that the kernels' results are held to.
#pragma once
#include "check.h"

/** A convolution's sizes; `down` and `right` are zeros above and to the left. */
struct Case {
  int64_t batch, height, width, channels, outHeight, outWidth, filters, rows, columns, stride, down, right;

  size_t input(int64_t b, int64_t y, int64_t x, int64_t c) const {
    return static_cast<size_t>(((b * height + y) * width + x) * channels + c);
  }
  size_t output(int64_t b, int64_t y, int64_t x, int64_t f) const {
    return static_cast<size_t>(((b * outHeight + y) * outWidth + x) * filters + f);
  }
  size_t weight(int64_t r, int64_t s, int64_t c, int64_t f) const {
    return static_cast<size_t>(((r * columns + s) * channels + c) * filters + f);
  }

  std::string name() const {
    return text({batch, height, width, channels}) + " to " + text({outHeight, outWidth, filters}) + ", filter " +
           text({rows, columns}) + ", stride " + std::to_string(stride) + ", padding " + text({down, right});
  }

  /** Calls `visit(b, y, x, r, s, inputY, inputX)` for each place of the filter that lies on the map. */
  template <class Visit>
  void each(const Visit& visit) const {
    for (int64_t b = 0; b < batch; b++)
      for (int64_t y = 0; y < outHeight; y++)
        for (int64_t x = 0; x < outWidth; x++)
          for (int64_t r = 0; r < rows; r++)
            for (int64_t s = 0; s < columns; s++) {
              const int64_t inputY = y * stride - down + r, inputX = x * stride - right + s;
              if (inputY >= 0 && inputY < height && inputX >= 0 && inputX < width) visit(b, y, x, r, s, inputY, inputX);
            }
  }
};

inline void add(Exact& exact, size_t index, double term) {
  exact.values[index] += term;
  exact.sizes[index] += std::abs(term);
}
inline Exact zeros(size_t count) { return {std::vector<double>(count), std::vector<double>(count)}; }

inline Exact convolution(const Case& of, const std::vector<float>& input, const std::vector<float>& filter) {
  Exact exact = zeros(static_cast<size_t>(of.batch * of.outHeight * of.outWidth * of.filters));
  of.each([&](int64_t b, int64_t y, int64_t x, int64_t r, int64_t s, int64_t inputY, int64_t inputX) {
    for (int64_t c = 0; c < of.channels; c++)
      for (int64_t f = 0; f < of.filters; f++)
        add(exact, of.output(b, y, x, f),
            double{input[of.input(b, inputY, inputX, c)]} * double{filter[of.weight(r, s, c, f)]});
  });
  return exact;
}

inline Exact inputGradient(const Case& of, const std::vector<float>& dy, const std::vector<float>& filter) {
  Exact exact = zeros(static_cast<size_t>(of.batch * of.height * of.width * of.channels));
  of.each([&](int64_t b, int64_t y, int64_t x, int64_t r, int64_t s, int64_t inputY, int64_t inputX) {
    for (int64_t c = 0; c < of.channels; c++)
      for (int64_t f = 0; f < of.filters; f++)
        add(exact, of.input(b, inputY, inputX, c),
            double{dy[of.output(b, y, x, f)]} * double{filter[of.weight(r, s, c, f)]});
  });
  return exact;
}

inline Exact filterGradient(const Case& of, const std::vector<float>& input, const std::vector<float>& dy) {
  Exact exact = zeros(static_cast<size_t>(of.rows * of.columns * of.channels * of.filters));
  of.each([&](int64_t b, int64_t y, int64_t x, int64_t r, int64_t s, int64_t inputY, int64_t inputX) {
    for (int64_t c = 0; c < of.channels; c++)
      for (int64_t f = 0; f < of.filters; f++)
        add(exact, of.weight(r, s, c, f),
            double{input[of.input(b, inputY, inputX, c)]} * double{dy[of.output(b, y, x, f)]});
  });
  return exact;
}

/** The same filter turned by half a turn, channels and filters exchanged. */
inline std::vector<float> turned(const Case& of, const std::vector<float>& filter) {
  std::vector<float> result(filter.size());
  for (int64_t r = 0; r < of.rows; r++)
    for (int64_t s = 0; s < of.columns; s++)
      for (int64_t c = 0; c < of.channels; c++)
        for (int64_t f = 0; f < of.filters; f++)
          result[static_cast<size_t>(
              (((of.rows - 1 - r) * of.columns + of.columns - 1 - s) * of.filters + f) * of.channels + c)] =
              filter[of.weight(r, s, c, f)];
  return result;
}
