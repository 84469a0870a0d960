// The project's kernels at work in a program of their own. Arguments: how many shapes of each, and how many turns of
// callers.
#include "check.h"

int main(int, char** arguments) {
  const int shapes = std::atoi(arguments[1]), turns = std::atoi(arguments[2]);
  convolutions(shapes);
  filterGradients(shapes);
  batchNorms(shapes);
  specialNumbers();
  callers(turns);
  refusals();
  failures();
}
