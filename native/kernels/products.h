// A product of matrices, tile by tile.
#pragma once
#include "vectors.h"

namespace inception::INCEPTION_SET {

/** Panels of sixteen columns of a right matrix, `depth` rows each, and of sums, `rows` each: from one to the next. */
struct PanelSteps {
  int64_t right, sums;
};

/**
 * Writes the sums of `rows` rows and one or two panels (`panels`, at most `panelsAtOnce`): of `depth` products each. The left
 * matrix lies in strips of `lanes` columns, `step` apart, in which row follows row. In this order always: the same bits for a
 * row wherever it stands. What comes after the panels is fetched into the cache meanwhile.
 */
void multiplyPanels(const float* left, int64_t step, int64_t rows, const float* right, int64_t depth, float* sums,
                    int64_t panels, PanelSteps steps);

}  // namespace inception::INCEPTION_SET
