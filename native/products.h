// A product of matrices whose tile of sums stays in registers: six rows by sixteen columns, two numbers of the right matrix
// and one of the left fill the sixteen registers of AVX2.
#pragma once
#include <cstdint>

#include "vectors.h"

namespace inception {

constexpr int64_t productRows = 6, productColumns = 16, productVectors = productColumns / lanes;

/**
 * Writes `rows` rows of sixteen sums one after the other: of `depth` products each, the left matrix's rows `step` apart, the
 * right one a panel of `depth` rows of sixteen. In this order always: the same bits for a row wherever it stands. What comes
 * after the panel is fetched into the cache meanwhile.
 */
void multiplyPanel(const float* left, int64_t step, int64_t rows, const float* panel, int64_t depth, float* sums);

}  // namespace inception
