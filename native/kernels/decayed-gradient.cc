#include "decayed-gradient.h"

#include <algorithm>
#include <vector>

#include "../share.h"
#include "vector-pieces.h"

namespace inception::INCEPTION_SET {
namespace {

/** So many numbers have a sum in float32; from there on sums are float64. */
constexpr int64_t numbersOfSum = 1024;

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

template <bool written>
WITH_VECTORS Squares addDecay(float decay, const float* gradient, const float* weights, float* decayed, int64_t count) {
  Vector ofWeights = {}, ofGradient = {};
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Vector weight = at(weights + i), sum = at(gradient + i) + weight * decay;
    if constexpr (written) at(decayed + i) = sum;
    ofWeights += weight * weight;
    ofGradient += sum * sum;
  }
  Squares squares = {total(ofWeights), total(ofGradient)};
  for (; i < count; i++) {
    const float sum = gradient[i] + weights[i] * decay;
    if constexpr (written) decayed[i] = sum;
    squares.ofWeights += weights[i] * weights[i];
    squares.ofGradient += sum * sum;
  }
  return squares;
}

}  // namespace

void decayedGradient(const Decay& of, const std::vector<Part>& gradient, const float* weights, float* decayed,
                     float* halfSquares, int threads) {
  const std::vector<VectorPiece> pieces = vectorPieces(gradient);
  std::vector<Squares> squares(pieces.size());
  share(static_cast<int64_t>(pieces.size()), threads, [&] {
    return [&](int64_t index) {
      const auto& [part, first] = pieces[static_cast<size_t>(index)];
      for (int64_t from = 0; from < part.count; from += numbersOfSum) {
        const int64_t place = first + from, count = std::min(numbersOfSum, part.count - from);
        squares[static_cast<size_t>(index)] +=
            decayed ? addDecay<true>(of.decay, part.numbers + from, weights + place, decayed + place, count)
                    : addDecay<false>(of.decay, part.numbers + from, weights + place, nullptr, count);
      }
    };
  });
  Squares all;
  for (const Squares& one : squares) all += one;
  halfSquares[0] = static_cast<float>(all.ofWeights / 2);
  halfSquares[1] = static_cast<float>(all.ofGradient / 2);
}

}  // namespace inception::INCEPTION_SET
