// Room for numbers.
#pragma once
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace inception {

inline int64_t roundUp(int64_t number, int64_t to) { return (number + to - 1) / to * to; }

/** An odd number of cache lines, so that what lies so far apart does not compete for the same places in the cache. */
inline int64_t oddLines(int64_t count) { return (roundUp(count, 16) / 16 | 1) * 16; }

/** A vector or a row of a matrix that begins at a multiple of it lies in one line of the caches. */
constexpr std::align_val_t cacheLine{64};

struct FreeNumbers {
  void operator()(void* numbers) const { operator delete[](numbers, cacheLine); }
};
template <class Number>
using Numbers = std::unique_ptr<Number[], FreeNumbers>;

/** Not set to anything: a vector would write zeros first. */
template <class Number>
Numbers<Number> numbers(int64_t count) {
  return Numbers<Number>(static_cast<Number*>(operator new[](static_cast<size_t>(count) * sizeof(Number), cacheLine)));
}

/** Zeros. */
inline std::vector<float> vectorOf(int64_t count) { return std::vector<float>(static_cast<size_t>(count)); }

}  // namespace inception
