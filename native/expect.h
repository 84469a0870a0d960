// What an operation expects of its attributes and inputs. What it does not get becomes a status with a sentence that names
// both; once a status has failed, none of these does anything.
#pragma once
#include <cstdint>
#include <limits>
#include <string>

#include "tensors.h"

namespace inception {

constexpr int64_t largestSize = std::numeric_limits<int32_t>::max();

inline void refuse(const Status& status, TF_Code code, const std::string& sentence) {
  if (ok(status)) TF_SetStatus(status.get(), code, sentence.c_str());
}

inline void refuseValue(const Status& status, const std::string& what, const std::string& expected, int64_t got) {
  refuse(status, TF_INVALID_ARGUMENT, what + ": expected " + expected + ", got " + std::to_string(got));
}

inline void expectEqual(const Status& status, const std::string& what, int64_t expected, int64_t got) {
  if (expected != got) refuseValue(status, what, std::to_string(expected), got);
}

inline void expectBetween(const Status& status, const std::string& what, int64_t least, int64_t most, int64_t got) {
  if (got < least || got > most) refuseValue(status, what, std::to_string(least) + " to " + std::to_string(most), got);
}

template <int count>
void expectEach(const Status& status, const std::string& what, int64_t least, int64_t most, const int64_t (&got)[count]) {
  for (const int64_t value : got) expectBetween(status, what, least, most, value);
}

/** Of this rank and type, and not empty. */
inline void expectTensor(const Status& status, const std::string& name, const Tensor& tensor, int rank,
                         TF_DataType type = TF_FLOAT) {
  if (!ok(status)) return;
  expectEqual(status, name + "'s data type", type, TF_TensorType(tensor.get()));
  expectEqual(status, name + "'s rank", rank, TF_NumDims(tensor.get()));
  for (int dimension = 0; ok(status) && dimension < rank; dimension++) {
    const std::string size = name + "'s size " + std::to_string(dimension);
    expectBetween(status, size, 1, largestSize, sizeOf(tensor, dimension));
  }
}

/** So many numbers. */
inline void expectVector(const Status& status, const std::string& name, const Tensor& tensor, int64_t length) {
  expectTensor(status, name, tensor, 1);
  if (ok(status)) expectEqual(status, name + "'s length", length, sizeOf(tensor, 0));
}

}  // namespace inception
