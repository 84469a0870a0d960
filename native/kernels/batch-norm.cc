#include "batch-norm.h"

#include <cmath>
#include <limits>

#include "normalize.h"

namespace inception::INCEPTION_SET {
namespace {

/** About the mean of each channel in one stretch, and the sums of the distances from it and of their squares. */
template <class Number>
WITH_VECTORS void addUp(const Slots& slots, const Stretch& stretch, const Number* x, float* mean, float* distances,
                        float* squares) {
  addSlots<1>(slots, stretch, {mean},
              [=](int64_t place, int64_t, Vector(&sums)[1]) WITH_VECTORS { sums[0] += load(x + place); });
  const Vector share = all(1.0f / static_cast<float>(stretch.count));
  for (int64_t slot = 0; slot < slots.count; slot++) at(mean + slot * lanes) *= share;
  addSlots<2>(slots, stretch, {distances, squares}, [=](int64_t place, int64_t slot, Vector(&sums)[2]) WITH_VECTORS {
    const Vector distance = load(x + place) - at(mean + slot);
    sums[0] += distance;
    sums[1] += distance * distance;
  });
}

/** Mean and variance from those of the stretches, each corrected for its rounded mean (Chan, Golub and LeVeque 1983). */
void combine(const BatchNorm& norm, const Stretches& stretches, const Statistics& statistics) {
  const double pixels = static_cast<double>(norm.pixels);
  stretches.eachChannel([&](int64_t channel, int64_t first) {
    double mean = 0, squares = 0;
    for (int64_t index = 0; index < stretches.count; index++) {
      const int64_t place = index * stretches.width + first;
      const Stretch stretch = stretches.stretch(index);
      const double distances = stretches.sums[1][place];
      const double before = static_cast<double>(stretch.first), count = static_cast<double>(stretch.count);
      const double apart = stretches.sums[0][place] + distances / count - mean;
      squares += stretches.sums[2][place] - distances * distances / count + apart * apart * before * count / (before + count);
      mean += apart * count / (before + count);
    }
    statistics.mean[channel] = static_cast<float>(mean);
    statistics.variance[channel] = static_cast<float>(squares / std::max(1.0, pixels - 1));
    statistics.inverse[channel] = static_cast<float>(1 / std::sqrt(squares / pixels + norm.epsilon));
  });
}

template <class Number>
WITH_VECTORS void normalize(const Slots& slots, const Stretch& stretch, const Normalize& of, float smallest,
                            const Number* x, Number* y) {
  const Vector least = all(smallest);
  eachSlot(slots, stretch, [=](int64_t place, int64_t slot) WITH_VECTORS {
    const Vector normalized = of(load(x + place), slot);
    store(normalized < least ? least : normalized, y + place);
  });
}

}  // namespace

template <class Number>
void batchNorm(const BatchNorm& norm, const Number* x, const float* scale, const float* offset, Number* y,
               const Statistics& statistics, int threads) {
  Stretches stretches(norm.pixels, norm.channels, threads);
  const Slots& slots = stretches.slots;
  stretches.each([&](const Stretch& stretch) {
    addUp(slots, stretch, x, stretches.sumsOf(stretch, 0), stretches.sumsOf(stretch, 1), stretches.sumsOf(stretch, 2));
  });
  combine(norm, stretches, statistics);
  const Normal normal(slots, scale, offset, statistics.mean, statistics.inverse);
  const float smallest = norm.relu ? 0 : -std::numeric_limits<float>::infinity();
  stretches.each([&](const Stretch& stretch) { normalize(slots, stretch, Normalize(normal), smallest, x, y); });
}

template void batchNorm(const BatchNorm&, const float*, const float*, const float*, float*, const Statistics&, int);
template void batchNorm(const BatchNorm&, const Bfloat16*, const float*, const float*, Bfloat16*, const Statistics&, int);

}  // namespace inception::INCEPTION_SET
