// Each set is compiled for its own instructions, whatever the flags; nothing else is, so that the question which of them this
// processor has runs anywhere.
#include "kernel-set.h"

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

namespace inception {

#if defined(__x86_64__)
namespace avx512 {
extern const KernelSet set, setWithMatrices;
}
namespace avx2 {
extern const KernelSet set;
}

namespace {

/** The matrix registers are large: a process has them once it has asked the system. */
bool allowsMatrices() {
#if defined(__linux__)
  constexpr long requestPermission = 0x1023, tileData = 18;
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
#else
  return false;
#endif
}

/**
 * Intel's Architecture Instruction Set Extensions, CPUID leaf 7: EDX has AMX-BF16 in bit 22 and AMX-TILE in bit 24, and of
 * its subleaf 1 EAX has AVX512_BF16 in bit 5, which makes the numbers of matrices.
 */
bool hasMatrices() {
  unsigned a, b, c, d;
  const bool multiplies = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d >> 22 & 1) && (d >> 24 & 1);
  return multiplies && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 5 & 1) && allowsMatrices();
}

const KernelSet* widest() {
  const bool foundation = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
  if (foundation && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return hasMatrices() ? &avx512::setWithMatrices : &avx512::set;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2::set;
  return nullptr;
}

}  // namespace

const KernelSet* kernelSet() {
  static const KernelSet* const set = widest();
  return set;
}
#else
namespace narrow {
extern const KernelSet set;
}

const KernelSet* kernelSet() { return &narrow::set; }
#endif

}  // namespace inception
