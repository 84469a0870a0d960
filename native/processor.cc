// Each set is compiled for its own instructions, whatever the flags; nothing else is, so that the question which of them this
// processor has runs anywhere.
#include "kernel-set.h"

namespace inception {

#if defined(__x86_64__)
namespace avx512 {
extern const KernelSet set;
}
namespace avx2 {
extern const KernelSet set;
}

const KernelSet* kernelSet() {
  const bool foundation = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
  if (foundation && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) return &avx512::set;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2::set;
  return nullptr;
}
#else
namespace narrow {
extern const KernelSet set;
}

const KernelSet* kernelSet() { return &narrow::set; }
#endif

}  // namespace inception
