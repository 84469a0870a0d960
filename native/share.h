// Numbered pieces of work, shared among threads.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>

#include "pool.h"

namespace inception {

/**
 * Calls what `start` makes for each thread with the numbers from 0 to count - 1, on at most `threads` threads. Where
 * something throws, takes no further number and throws it here.
 */
template <class Start>
void share(int64_t count, int threads, const Start& start) {
  std::atomic<int64_t> next{0};
  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  std::exception_ptr failure;
  const auto take = [&]() noexcept {
    if (next >= count) return;
    try {
      auto work = start();
      for (int64_t index; (index = next++) < count;) work(index);
    } catch (...) {
      next = count;
      if (!failed.test_and_set()) failure = std::current_exception();
    }
  };
  using Take = decltype(take);
  together(static_cast<int>(std::min<int64_t>(threads, count)),
           {[](const void* self) { (*static_cast<const Take*>(self))(); }, &take});
  if (failure) std::rethrow_exception(failure);
}

}  // namespace inception
