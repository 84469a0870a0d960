#include "faults.h"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "operations.h"

long allocationsLeft = -1;
bool threadsRefused = false;

namespace {
std::atomic<long> left{-1};
std::atomic<bool> refused{false};

void* allocated(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
  if (left >= 0 && left-- == 0) {
    left = 0;
    throw std::bad_alloc();
  }
  if (void* block = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment)) return block;
  throw std::bad_alloc();
}
}  // namespace

Faults::Faults() {
  left = allocationsLeft;
  refused = threadsRefused;
}
Faults::~Faults() {
  left = -1;
  refused = false;
}

void* operator new(std::size_t bytes) { return allocated(bytes); }
void* operator new[](std::size_t bytes) { return allocated(bytes); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return allocated(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { std::free(block); }

extern "C" __attribute__((visibility("default"))) int pthread_create(pthread_t* thread,
                                                                     const pthread_attr_t* attributes,
                                                                     void* (*start)(void*), void* argument) {
  if (refused) return EAGAIN;
  static const auto real = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  return real(thread, attributes, start, argument);
}
