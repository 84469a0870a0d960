// To be preloaded: a system that refuses threads, or memory of one size, once it is told to.
#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

static std::atomic<int> threadsRefused{0};
static std::atomic<size_t> bytesRefused{0};

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED void refuse(int threads, int bytes) {
  threadsRefused = threads;
  bytesRefused = static_cast<size_t>(bytes);
}

EXPORTED void* __libc_malloc(size_t bytes);
EXPORTED void* malloc(size_t bytes) noexcept {
  if (bytes != 0 && bytes == bytesRefused) {
    errno = ENOMEM;
    return nullptr;
  }
  return __libc_malloc(bytes);
}

EXPORTED void* __libc_memalign(size_t alignment, size_t bytes);
EXPORTED void* aligned_alloc(size_t alignment, size_t bytes) noexcept {
  if (bytes != 0 && bytes == bytesRefused) {
    errno = ENOMEM;
    return nullptr;
  }
  return __libc_memalign(alignment, bytes);
}

EXPORTED int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                            void* argument) {
  if (threadsRefused) return EAGAIN;
  static const auto real = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  return real(thread, attributes, start, argument);
}
