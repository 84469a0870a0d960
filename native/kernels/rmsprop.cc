#include "rmsprop.h"

#include "../share.h"
#include "vector-pieces.h"

namespace inception::INCEPTION_SET {
namespace {

/** Some of each vector. */
template <class Number>
Kept<Number> from(const Kept<Number>& kept, int64_t first) {
  return {kept.weights + first, kept.meanSquares + first, kept.momentum + first,
          kept.average ? kept.average + first : nullptr};
}

/** Calls `write` with what a vector of each becomes, and where it belongs. */
template <class Write>
WITH_VECTORS inline void move(float decay, const Rmsprop& step, const float* gradient, const Kept<const float>& before,
                              const Kept<float>& after, const Write& write) {
  const Vector weights = at(before.weights), slope = (at(gradient) + weights * decay) * step.clipFactor;
  const Vector squares = at(before.meanSquares) + (slope * slope - at(before.meanSquares)) * (1 - step.decay);
  const Vector momentum = at(before.momentum) * step.momentum + slope * step.rate / rootOf(squares + step.epsilon);
  const Vector moved = weights - momentum;
  write(moved, after.weights);
  write(squares, after.meanSquares);
  write(momentum, after.momentum);
  if (after.average) write(at(before.average) - (at(before.average) - moved) * step.averageRate, after.average);
}

/** Of fewer numbers than a vector has: with zeros beside them. */
WITH_VECTORS void moveSome(float decay, const Rmsprop& step, const float* gradient, const Kept<const float>& before,
                           const Kept<float>& after, int64_t count) {
  float numbers[9][lanes] = {};
  const float* const sources[] = {gradient, before.weights, before.meanSquares, before.momentum, before.average};
  for (int i = 0; i < 5; i++)
    if (sources[i]) std::copy_n(sources[i], count, numbers[i]);
  move(decay, step, numbers[0], {numbers[1], numbers[2], numbers[3], numbers[4]},
       {numbers[5], numbers[6], numbers[7], after.average ? numbers[8] : nullptr},
       [](const Vector& x, float* target) WITH_VECTORS { store(x, target); });
  float* const targets[] = {after.weights, after.meanSquares, after.momentum, after.average};
  for (int i = 0; i < 4; i++)
    if (targets[i]) std::copy_n(numbers[5 + i], count, targets[i]);
}

template <bool far>
WITH_VECTORS void moveAll(float decay, const Rmsprop& step, const float* gradient, const Kept<const float>& before,
                          const Kept<float>& after, int64_t first, int64_t to) {
  for (int64_t i = first; i < to; i += lanes)
    move(decay, step, gradient + i, from(before, i), from(after, i), [](const Vector& x, float* target) WITH_VECTORS {
      if constexpr (far) stream(x, target);
      else store(x, target);
    });
  if (far) streamed();
}

/** How many numbers lie before the first whole vector. */
int64_t untilWhole(const float* numbers) { return -(reinterpret_cast<intptr_t>(numbers) / 4) & (lanes - 1); }

/** Vectors that would not stay in the caches are written past them, unless they lie where they were read. */
constexpr int64_t numbersInCache = 1 << 18;

bool isFar(const Kept<const float>& before, const Kept<float>& after, int64_t count) {
  const int64_t place = untilWhole(after.weights);
  const auto may = [&](const float* read, float* written) { return read != written && untilWhole(written) == place; };
  return count > numbersInCache && may(before.weights, after.weights) && may(before.meanSquares, after.meanSquares) &&
         may(before.momentum, after.momentum) && (!after.average || may(before.average, after.average));
}

}  // namespace

void rmsprop(const Decay& of, const Rmsprop& step, const std::vector<Part>& gradient, const Kept<const float>& before,
             const Kept<float>& after, int threads) {
  const std::vector<VectorPiece> pieces = vectorPieces(gradient);
  const bool far = isFar(before, after, of.count);
  share(static_cast<int64_t>(pieces.size()), threads, [&] {
    return [&](int64_t index) {
      const auto& [part, first] = pieces[static_cast<size_t>(index)];
      const Kept<const float> old = from(before, first);
      const Kept<float> next = from(after, first);
      const int64_t head = std::min(part.count, untilWhole(next.weights));
      const int64_t whole = head + (part.count - head) / lanes * lanes;
      moveSome(of.decay, step, part.numbers, old, next, head);
      (far ? moveAll<true> : moveAll<false>)(of.decay, step, part.numbers, old, next, head, whole);
      moveSome(of.decay, step, part.numbers + whole, from(old, whole), from(next, whole), part.count - whole);
    };
  });
}

}  // namespace inception::INCEPTION_SET
