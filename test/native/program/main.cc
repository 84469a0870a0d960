// The project's kernels at work in a program of their own: each set that this processor can run. Arguments: how many shapes
// of each, and how many turns of callers.
#include "check.h"

#if defined(__x86_64__)
namespace inception::avx512 {
extern const KernelSet set, setWithMatrices;
}
namespace inception::avx2 {
extern const KernelSet set;
}
#endif
namespace inception::narrow {
extern const KernelSet set;
}

namespace inception {
/** Its choice (native/processor.cc). */
const KernelSet* chosenSet();
}

namespace {

/** From the narrowest to the chosen one. */
std::vector<const inception::KernelSet*> sets() {
#if defined(__x86_64__)
  const inception::KernelSet* chosen = inception::chosenSet();
  const std::vector<const inception::KernelSet*> below = {&inception::narrow::set, &inception::avx2::set};
  if (chosen == &inception::avx512::set) return {below[0], below[1], chosen};
  if (chosen == &inception::avx512::setWithMatrices) return {below[0], below[1], &inception::avx512::set, chosen};
  if (chosen) return {&inception::narrow::set, chosen};
#endif
  return {&inception::narrow::set};
}

}  // namespace

int main(int, char** arguments) {
  const int shapes = std::atoi(arguments[1]), turns = std::atoi(arguments[2]);
  for (const inception::KernelSet* one : sets()) {
    set = one;
    convolutions(shapes);
    filterGradients(shapes);
    sideBySide(shapes);
    batchNorms(shapes);
    decayedGradients(shapes);
    updates(shapes);
    specialNumbers();
  }
  callers(turns);
  refusals();
  failures();
}
