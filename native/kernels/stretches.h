// Maps in NHWC, which are pixels x channels, taken through in stretches of pixels that a thread reads from memory once and
// then from half of the second cache; channels a vector at a time.
#pragma once
#include <algorithm>
#include <vector>

#include "../share.h"
#include "vectors.h"

namespace inception::INCEPTION_SET {

/** Vectors of channels: the last one ends with the last channel and may share some with the one before. */
struct Slots {
  int64_t channels, count = (channels + lanes - 1) / lanes;

  int64_t start(int64_t slot) const { return std::min(slot * lanes, channels - lanes); }

  /** A number for each channel as it lies in the slots. */
  std::vector<float> spread(const float* values) const {
    std::vector<float> spread(count * lanes);
    for (int64_t slot = 0; slot < count; slot++) std::copy_n(values + start(slot), lanes, &spread[slot * lanes]);
    return spread;
  }

  /** Where the channel's number lies. */
  int64_t place(int64_t channel) const {
    const int64_t slot = std::min(channel / lanes, count - 1);
    return slot * lanes + channel - start(slot);
  }
};

struct Stretch {
  int64_t index, first, count;
};

/** The pixels in stretches, each with sums for every slot. Where a stretch ends does not depend on the number of threads. */
class Stretches {
  static constexpr int64_t numbersAtOnce = 65536, sumsAtOnce = 2048;

 public:
  const Slots slots;

 private:
  const int64_t pixels, length = std::max<int64_t>(1, numbersAtOnce / slots.channels);
  const int threads;

 public:
  const int64_t count = (pixels + length - 1) / length, width = slots.count * lanes;
  std::vector<float> sums[3];

  Stretches(int64_t pixelCount, int64_t channels, int threadCount)
      : slots{channels}, pixels(pixelCount), threads(threadCount) {
    for (std::vector<float>& ofStretches : sums) ofStretches.resize(count * width);
  }

  Stretch stretch(int64_t index) const { return {index, index * length, std::min(length, pixels - index * length)}; }
  float* sumsOf(const Stretch& stretch, int which) { return &sums[which][stretch.index * width]; }

  template <class Work>
  void each(const Work& work) const {
    share(count, threads, [&] { return [&](int64_t index) { work(stretch(index)); }; });
  }

  /** Calls `work` with each channel and the place of its number among the sums of the first stretch. */
  template <class Work>
  void eachChannel(const Work& work) const {
    const int64_t atOnce = std::max<int64_t>(16, sumsAtOnce / count);
    share((slots.channels + atOnce - 1) / atOnce, threads, [&] {
      return [&](int64_t index) {
        const int64_t to = std::min(slots.channels, (index + 1) * atOnce);
        for (int64_t channel = index * atOnce; channel < to; channel++) work(channel, slots.place(channel));
      };
    });
  }
};

/** Calls `work` with the place of each slot of these pixels among all numbers, and among the slots. */
template <class Work>
WITH_VECTORS inline void eachSlot(const Slots& slots, const Stretch& stretch, const Work& work) {
  for (int64_t pixel = stretch.first; pixel < stretch.first + stretch.count; pixel++) {
    const int64_t row = pixel * slots.channels;
    int64_t slot = 0;
    for (; slot < slots.count - 1; slot++) work(row + slot * lanes, slot * lanes);
    work(row + slots.channels - lanes, slot * lanes);
  }
}

}  // namespace inception::INCEPTION_SET
