// Convolutions side by side as the matrix registers compute them: the filters' matrices, and which pixels share their places.
#pragma once
#include <deque>

#include "amx-filter.h"
#include "lattice.h"

#if INCEPTION_LANES == 16
namespace inception::INCEPTION_SET {

/** The filters of all sources and targets. */
template <class Number>
std::deque<FilterMatrices<partsOf<Number>>> matricesOf(const Convolution& of, bool backward,
                                                       const SideBySide<Number>& maps, int threads) {
  std::deque<FilterMatrices<partsOf<Number>>> matrices;
  for (size_t i = 0; i < maps.filters.size(); i++) {
    const size_t source = std::min(i, maps.sources.size() - 1), target = std::min(i, maps.targets.size() - 1);
    matrices.emplace_back(maps.between(of, source, target), backward, maps.filters[i], threads);
  }
  return matrices;
}

/** The pixels of the targets whose sums take the same places: all, or backward every `stride`-th from `row` and `column` on. */
template <class Number>
struct Job {
  Convolution of;
  /** Of each source. */
  std::vector<std::vector<Phase<Number>>> phases;
  /** Of each target. */
  std::vector<View<Number>> views;

  Job(const Convolution& window, const SideBySide<Number>& maps) : of(window) {
    for (size_t source = 0; source < maps.sources.size(); source++)
      phases.push_back(phasesOf(maps.between(of, source, 0), maps.sources[source].numbers));
    for (size_t target = 0; target < maps.targets.size(); target++)
      views.push_back(outputView<Number>(maps.between(of, 0, target), maps.targets[target].numbers));
  }

  Job(const Convolution& window, const SideBySide<Number>& maps, int64_t row, int64_t column) : of(window) {
    const int64_t stride = of.stride;
    std::vector<Place> places;
    for (int64_t index = 0; index < of.rows * of.columns; index++) {
      const int64_t down = row - of.top + index / of.columns, right = column - of.left + index % of.columns;
      if (down % stride == 0 && right % stride == 0) places.push_back({index, down / stride, right / stride});
    }
    for (const auto& [numbers, channels] : maps.sources) {
      const View<Number> all = {numbers, of.height, of.width, of.height * of.width * channels, of.width * channels, channels};
      phases.push_back({});
      if (!places.empty()) phases.back().push_back({all, places});
    }
    for (size_t target = 0; target < maps.targets.size(); target++) {
      const View<Number> all = outputView<Number>(maps.between(window, 0, target), maps.targets[target].numbers);
      views.push_back({all.numbers + row * all.rowStep + column * all.columnStep, tilesOf(all.height - row, stride),
                       tilesOf(all.width - column, stride), all.pictureStep, stride * all.rowStep, stride * all.columnStep});
    }
    of.outHeight = views.front().height, of.outWidth = views.front().width;
  }
};

template <class Number>
std::vector<Job<Number>> jobsOf(const Convolution& of, bool backward, const SideBySide<Number>& maps) {
  if (!backward || of.stride == 1) return {Job<Number>(of, maps)};
  std::vector<Job<Number>> jobs;
  for (int64_t row = 0; row < std::min(of.stride, of.outHeight); row++)
    for (int64_t column = 0; column < std::min(of.stride, of.outWidth); column++)
      jobs.emplace_back(of, maps, row, column);
  return jobs;
}

}  // namespace inception::INCEPTION_SET
#endif
