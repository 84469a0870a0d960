#include "batch-norm.h"
#include "normalize.h"

namespace inception::INCEPTION_SET {
namespace {

/** dy where the ReLU let its number through. */
template <bool relu>
WITH_VECTORS inline Vector passed(const Normalize& of, const Vector& dy, const Vector& x, int64_t slot) {
  if constexpr (relu) return of(x, slot) > 0 ? dy : Vector{};
  else return dy;
}

/** Sums of dy, and of dy times x less its mean, over one stretch. */
template <bool relu, class Number>
WITH_VECTORS void addUp(const Slots& slots, const Stretch& stretch, const Normalize& of, const Number* dy, const Number* x,
                        float* plain, float* weighted) {
  addSlots<2>(slots, stretch, {plain, weighted}, [=](int64_t place, int64_t slot, Vector(&sums)[2]) WITH_VECTORS {
    const Vector number = load(x + place), gradient = passed<relu>(of, load(dy + place), number, slot);
    sums[0] += gradient;
    sums[1] += gradient * (number - at(of.mean + slot));
  });
}

/** factor * (dy - shift - slope * (x - mean)) */
template <bool relu, class Number>
WITH_VECTORS void gradientOfInput(const Slots& slots, const Stretch& stretch, const Normalize& of, const Number* dy,
                                  const Number* x, const float* shift, const float* slope, Number* dx) {
  eachSlot(slots, stretch, [=](int64_t place, int64_t slot) WITH_VECTORS {
    const Vector number = load(x + place), gradient = passed<relu>(of, load(dy + place), number, slot);
    const Vector rest = gradient - at(shift + slot) - at(slope + slot) * (number - at(of.mean + slot));
    store(at(of.factor + slot) * rest, dx + place);
  });
}

/** The mean of the gradient, and what it shares with x. */
struct Shared {
  std::vector<float> shift, slope;
};

Shared finish(const BatchNorm& norm, const Stretches& stretches, const float* inverse, float* offset, float* scale) {
  const double pixels = static_cast<double>(norm.pixels);
  Shared shared = {std::vector<float>(norm.channels), std::vector<float>(norm.channels)};
  stretches.eachChannel([&](int64_t channel, int64_t first) {
    double plain = 0, weighted = 0;
    for (int64_t index = 0; index < stretches.count; index++) {
      const int64_t place = index * stretches.width + first;
      plain += stretches.sums[0][place];
      weighted += stretches.sums[1][place];
    }
    const double ofScale = weighted * inverse[channel];
    offset[channel] = static_cast<float>(plain);
    scale[channel] = static_cast<float>(ofScale);
    shared.shift[channel] = static_cast<float>(plain / pixels);
    shared.slope[channel] = static_cast<float>(ofScale * inverse[channel] / pixels);
  });
  return shared;
}

}  // namespace

template <class Number>
void batchNormGradient(const BatchNorm& norm, const Number* dy, const Number* x, const float* scale, const float* offset,
                       const float* mean, const float* inverse, const BatchNormGradient<Number>& gradient, int threads) {
  Stretches stretches(norm.pixels, norm.channels, threads);
  const Slots& slots = stretches.slots;
  const Normal normal(slots, scale, offset, mean, inverse);
  const Normalize of(normal);
  stretches.each([&](const Stretch& stretch) {
    const auto add = norm.relu ? addUp<true, Number> : addUp<false, Number>;
    add(slots, stretch, of, dy, x, stretches.sumsOf(stretch, 0), stretches.sumsOf(stretch, 1));
  });
  const Shared shared = finish(norm, stretches, inverse, gradient.offset, gradient.scale);
  const std::vector<float> shifts = slots.spread(shared.shift.data()), slopes = slots.spread(shared.slope.data());
  stretches.each([&](const Stretch& stretch) {
    const auto write = norm.relu ? gradientOfInput<true, Number> : gradientOfInput<false, Number>;
    write(slots, stretch, of, dy, x, shifts.data(), slopes.data(), gradient.x);
  });
}

template void batchNormGradient(const BatchNorm&, const float*, const float*, const float*, const float*, const float*,
                                const float*, const BatchNormGradient<float>&, int);
template void batchNormGradient(const BatchNorm&, const Bfloat16*, const Bfloat16*, const float*, const float*,
                                const float*, const float*, const BatchNormGradient<Bfloat16>&, int);

}  // namespace inception::INCEPTION_SET
