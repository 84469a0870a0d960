// The threads that all our operations share: one pool for the process.
#pragma once

namespace inception {

/** A function on the caller's stack; it must not throw. */
struct Work {
  void (*run)(const void* self);
  const void* self;
};

/**
 * Runs `work` on this thread and meanwhile on up to `threads` - 1 others, as many as are free; returns once all of them have
 * left it. The pool grows to the largest number asked for and keeps its threads, asleep, until the process ends. Any number
 * of threads may call this at once: none waits for a helper that has not begun.
 *
 * Throws std::system_error where the system refuses a thread.
 */
void together(int threads, Work work);

}  // namespace inception
