#include "pool.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace inception {
namespace {

/** Lies on its caller's stack, which waits until nobody runs it. */
struct Call {
  const Work work;
  int wanted, running = 0;
  Call* next = nullptr;
  std::condition_variable left = {};
};

class Pool {
  std::mutex mutex;
  std::condition_variable wake;
  /** Those that want helpers, in the order of their coming. */
  Call* first = nullptr;
  int threads = 0;

 public:
  void run(Call& call) {
    const int helpers = call.wanted;
    {
      const std::lock_guard<std::mutex> lock(mutex);
      for (; threads < helpers; threads++) std::thread([this] { serve(); }).detach();
      append(call);
    }
    wake.notify_one();
    call.work.run(call.work.self);
    std::unique_lock<std::mutex> lock(mutex);
    remove(call);
    call.left.wait(lock, [&] { return call.running == 0; });
  }

 private:
  [[noreturn]] void serve() {
    std::unique_lock<std::mutex> lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return first != nullptr; });
      Call& call = *first;
      if (--call.wanted == 0) remove(call);
      call.running++;
      // Each wakes two more, so that a caller who wants sixty begins as soon as one who wants two.
      const bool more = first != nullptr;
      lock.unlock();
      for (int two = 0; more && two < 2; two++) wake.notify_one();
      call.work.run(call.work.self);
      lock.lock();
      if (--call.running == 0) call.left.notify_one();
    }
  }

  void append(Call& call) {
    Call** end = &first;
    while (*end) end = &(*end)->next;
    *end = &call;
  }

  void remove(const Call& call) {
    for (Call** place = &first; *place; place = &(*place)->next)
      if (*place == &call) {
        *place = call.next;
        return;
      }
  }
};

/** Never destroyed: its threads outlive every destructor. */
Pool& pool() {
  static Pool& pool = *new Pool;
  return pool;
}

}  // namespace

void together(int threads, Work work) {
  if (threads <= 1) return work.run(work.self);
  Call call = {work, threads - 1};
  pool().run(call);
}

}  // namespace inception
