// Work on several threads.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

/** Calls what `start` makes for each thread with the numbers from 0 to count - 1, on at most `parts` threads. */
template <class Start>
void share(int64_t count, int parts, const Start& start) {
  std::atomic<int64_t> next{0};
  const auto take = [&] {
    const auto work = start();
    for (int64_t index; (index = next++) < count;) work(index);
  };
  std::vector<std::thread> threads;
  for (int part = 1; part < std::min<int64_t>(parts, count); part++) threads.emplace_back(take);
  take();
  for (std::thread& thread : threads) thread.join();
}
