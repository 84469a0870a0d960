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

/** Of one part of the gradient, and its place among all numbers. */
struct Piece {
  Part part;
  int64_t first;
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

void decayedGradient(const Decay& of, const std::vector<Part>& gradient, const float* weights, float* decayed,
                     float* halfSquares, int threads) {
  std::vector<Piece> pieces;
  int64_t first = 0;
  for (const auto& [numbers, count] : gradient) {
    for (int64_t from = 0; from < count; from += numbersAtOnce)
      pieces.push_back({{numbers + from, std::min(numbersAtOnce, count - from)}, first + from});
    first += count;
  }
  std::vector<Squares> squares(pieces.size());
  share(static_cast<int64_t>(pieces.size()), threads, [&] {
    return [&](int64_t index) {
      const auto& [part, at] = pieces[static_cast<size_t>(index)];
      for (int64_t from = 0; from < part.count; from += numbersOfSum)
        squares[static_cast<size_t>(index)] += addDecay(of.decay, part.numbers + from, weights + at + from,
                                                        decayed + at + from, std::min(numbersOfSum, part.count - from));
    };
  });
  Squares all;
  for (const Squares& one : squares) all += one;
  halfSquares[0] = static_cast<float>(all.ofWeights / 2);
  halfSquares[1] = static_cast<float>(all.ofGradient / 2);
}

}  // namespace inception::INCEPTION_SET
