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

/**
 * Sums of several kinds for some slots next to each other. They stay in registers, and of several pixels each has its own: an
 * addition waits four cycles for the one before.
 */
template <int kinds, int count, class Term>
WITH_VECTORS inline void addSome(const Slots& slots, const Stretch& stretch, int64_t from, const Term& term,
                                 float* const (&totals)[kinds]) {
  constexpr int pixels = static_cast<int>(registers / 4 / count);
  Vector sums[pixels][count][kinds] = {};
  int64_t starts[count];
  for (int i = 0; i < count; i++) starts[i] = slots.start(from + i);
  const int64_t end = (stretch.first + stretch.count) * slots.channels;
  int64_t row = stretch.first * slots.channels;
  for (; row + (pixels - 1) * slots.channels < end; row += pixels * slots.channels)
#pragma GCC unroll 8
    for (int pixel = 0; pixel < pixels; pixel++)
#pragma GCC unroll 4
      for (int i = 0; i < count; i++)
        term(row + pixel * slots.channels + starts[i], (from + i) * lanes, sums[pixel][i]);
  for (; row < end; row += slots.channels)
    for (int i = 0; i < count; i++) term(row + starts[i], (from + i) * lanes, sums[0][i]);
  for (int i = 0; i < count; i++)
    for (int kind = 0; kind < kinds; kind++) {
      Vector total = sums[0][i][kind];
      for (int pixel = 1; pixel < pixels; pixel++) total += sums[pixel][i][kind];
      at(totals[kind] + (from + i) * lanes) = total;
    }
}

/** Writes for each slot the sums over a stretch's pixels of what `term` adds, given the same places as in `eachSlot`. */
template <int kinds, class Term>
WITH_VECTORS inline void addSlots(const Slots& slots, const Stretch& stretch, float* const (&totals)[kinds],
                                  const Term& term) {
  int64_t slot = 0;
  for (; slots.count - slot >= 4; slot += 4) addSome<kinds, 4>(slots, stretch, slot, term, totals);
  switch (slots.count - slot) {
    case 1: return addSome<kinds, 1>(slots, stretch, slot, term, totals);
    case 2: return addSome<kinds, 2>(slots, stretch, slot, term, totals);
    case 3: return addSome<kinds, 3>(slots, stretch, slot, term, totals);
  }
}

}  // namespace inception::INCEPTION_SET
