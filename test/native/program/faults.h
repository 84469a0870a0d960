// Memory and threads that the system refuses.
#pragma once

/** While one lives, `allocationsLeft` counts down and `threadsRefused` holds. */
struct Faults {
  Faults();
  ~Faults();
};
