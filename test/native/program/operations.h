// Our operations run without TensorFlow: a small stand-in for its C API, whose tensors are exactly as long as they say.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "../../../native/kernel-set.h"
#include "tensorflow/c/tf_datatype.h"
#include "tensorflow/c/tf_status.h"

/** Of bfloat16, too, the numbers are given as float32. */
struct Array {
  std::vector<int64_t> shape;
  std::vector<float> numbers;
  TF_DataType dtype = TF_FLOAT;
};

struct Attributes {
  std::map<std::string, int64_t> ints;
  std::map<std::string, std::vector<int64_t>> lists;
  std::map<std::string, float> floats;
};

struct Result {
  TF_Code code = TF_OK;
  std::string message;
  std::vector<Array> outputs;
};

/** Makes the kernel for the first input's type, runs it, destroys it. Outputs lie on a line of the cache where `aligned`, else four bytes after it.
 */
Result run(const char* operation, const Attributes& attributes, const std::vector<Array>& inputs, bool aligned = true);

/** Whether an output may lie in an input's place. */
extern bool inputsForwarded;
/** The kernels that operations find; null: none. */
extern const inception::KernelSet* set;

/** While a kernel is made or runs, this many allocations succeed before one fails; negative: all do. */
extern long allocationsLeft;
/** Whether the system refuses threads. */
extern bool threadsRefused;
