// Room for numbers.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

namespace inception {

inline int64_t roundUp(int64_t number, int64_t to) { return (number + to - 1) / to * to; }

/** An odd number of cache lines, so that what lies so far apart does not compete for the same places in the cache. */
inline int64_t oddLines(int64_t count) { return (roundUp(count, 16) / 16 | 1) * 16; }

/** Not set to anything: a vector would write zeros first. */
template <class Number>
std::unique_ptr<Number[]> numbers(int64_t count) {
  return std::unique_ptr<Number[]>(new Number[static_cast<size_t>(count)]);
}

/** Zeros. */
inline std::vector<float> vectorOf(int64_t count) { return std::vector<float>(static_cast<size_t>(count)); }

}  // namespace inception
