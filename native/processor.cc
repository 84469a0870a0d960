#include "processor.h"

namespace inception {

const char* missingInstructions() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2")) return "AVX2";
  if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
  return nullptr;
}

}  // namespace inception
