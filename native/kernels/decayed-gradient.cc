#include "decayed-gradient.h"

#include <algorithm>
#include <vector>

#include "../share.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {
namespace {

/** So many numbers are a piece of work, and so many have a sum in float32; from there on sums are float64. */
constexpr int64_t numbersAtOnce = 16384, numbersOfSum = 1024;

struct Squares {
  double ofWeights = 0, ofGradient = 0;

  void operator+=(const Squares& more) {
    ofWeights += more.ofWeights;
    ofGradient += more.ofGradient;
  }
};

WITH_VECTORS double total(const Vector& sums) {
  double sum = 0;
  for (int64_t lane = 0; lane < lanes; lane++) sum += sums[lane];
  return sum;
}

WITH_VECTORS Squares addDecay(float decay, const float* gradient, const float* weights, float* decayed, int64_t count) {
  Vector ofWeights = {}, ofGradient = {};
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Vector weight = at(weights + i), sum = at(gradient + i) + weight * decay;
    at(decayed + i) = sum;
    ofWeights += weight * weight;
    ofGradient += sum * sum;
  }
  Squares squares = {total(ofWeights), total(ofGradient)};
  for (; i < count; i++) {
    decayed[i] = gradient[i] + weights[i] * decay;
    squares.ofWeights += weights[i] * weights[i];
    squares.ofGradient += decayed[i] * decayed[i];
  }
  return squares;
}

}  // namespace

void decayedGradient(const Decay& of, const float* gradient, const float* weights, float* decayed, float* halfSquares,
                     int threads) {
  const int64_t blocks = (of.count + numbersAtOnce - 1) / numbersAtOnce;
  std::vector<Squares> squares(static_cast<size_t>(blocks));
  share(blocks, threads, [&] {
    return [&](int64_t block) {
      const int64_t last = std::min(of.count, (block + 1) * numbersAtOnce);
      for (int64_t from = block * numbersAtOnce; from < last; from += numbersOfSum)
        squares[static_cast<size_t>(block)] += addDecay(of.decay, gradient + from, weights + from, decayed + from,
                                                        std::min(numbersOfSum, last - from));
    };
  });
  Squares all;
  for (const Squares& one : squares) all += one;
  halfSquares[0] = static_cast<float>(all.ofWeights / 2);
  halfSquares[1] = static_cast<float>(all.ofGradient / 2);
}

}  // namespace inception::INCEPTION_SET
