// The matrices of fast convolution (Toom 1963, Cook 1966; for networks: Lavin and Gray, "Fast Algorithms for Convolutional
// Neural Networks", arXiv:1509.09308): `outputs` neighbouring results of a filter with `taps` weights from
// outputs + taps - 1 products instead of outputs * taps. Along one axis,
//   results = output * ((filter * weights) . (input * pixels)), with "." element by element.
#pragma once

namespace inception {

/**
 * Where the polynomials are multiplied: at 0, at these and their negatives, and at infinity. Of all eighths, those with about
 * the smallest error in float32.
 */
template <int points>
struct Abscissas;
template <>
struct Abscissas<1> {
  static constexpr double positive[1] = {0};
};
template <>
struct Abscissas<6> {
  static constexpr double positive[2] = {0.625, 1.5};
};
template <>
struct Abscissas<8> {
  static constexpr double positive[3] = {0.5, 1, 2};
};
template <>
struct Abscissas<10> {
  static constexpr double positive[4] = {0.375, 0.875, 1.25, 2.75};
};
template <>
struct Abscissas<12> {
  static constexpr double positive[5] = {0.375, 0.625, 1, 1.5, 2.25};
};

template <int outputs, int taps>
struct CookToom {
  static constexpr int points = outputs + taps - 1;
  double input[points][points] = {}, filter[points][taps] = {}, output[outputs][points] = {};

  constexpr CookToom() {
    double finite[points] = {};
    for (int i = 1; i < points - 1; i++) finite[i] = Abscissas<points>::positive[(i - 1) / 2] * (i % 2 ? 1 : -1);
    for (int i = 0; i < points - 1; i++) {
      double norm = 1, power = 1;
      for (int j = 0; j < points - 1; j++) norm *= i == j ? 1 : finite[i] - finite[j];
      for (int k = 0; k < outputs || k < taps; k++, power *= finite[i]) {
        if (k < taps) filter[i][k] = power / norm;
        if (k < outputs) output[k][i] = power;
      }
      multiplyOut(finite, i, input[i]);
    }
    multiplyOut(finite, points - 1, input[points - 1]);
    filter[points - 1][taps - 1] = output[outputs - 1][points - 1] = 1;
  }

 private:
  /** The coefficients, constant first, of the product of all (x - finite[j]) but one. */
  static constexpr void multiplyOut(const double (&finite)[points], int except, double (&coefficients)[points]) {
    coefficients[0] = 1;
    for (int j = 0; j < points - 1; j++) {
      if (j == except) continue;
      for (int k = points - 1; k >= 0; k--) coefficients[k] = (k ? coefficients[k - 1] : 0) - finite[j] * coefficients[k];
    }
  }
};

}  // namespace inception
