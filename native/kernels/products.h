// A product of matrices, tile by tile.
#pragma once
#include "vectors.h"

namespace inception::INCEPTION_SET {

/** Each row has a pointer of its own, which wants a register, too. */
constexpr int64_t productRows = tileRows < 8 ? tileRows : 8;

/**
 * Writes `rows` rows of sixteen sums one after the other: of `depth` products each, the left matrix's rows `step` apart, the
 * right one a panel of `depth` rows of sixteen. In this order always: the same bits for a row wherever it stands. What comes
 * after the panel is fetched into the cache meanwhile.
 */
void multiplyPanel(const float* left, int64_t step, int64_t rows, const float* panel, int64_t depth, float* sums);

}  // namespace inception::INCEPTION_SET
