// What every proof needs: failing with a sentence, numbers by chance, distances.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "operations.h"

inline void check(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

class Chance {
  std::mt19937_64 engine;

 public:
  explicit Chance(uint64_t seed) : engine(seed) {}
  /** From `least` to `most`. */
  int64_t number(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(engine() % static_cast<uint64_t>(most - least + 1));
  }
  int64_t one(std::initializer_list<int64_t> of) { return of.begin()[number(0, static_cast<int64_t>(of.size()) - 1)]; }
  /** Uniform in [-1, 1). */
  Array array(std::vector<int64_t> shape) {
    size_t count = 1;
    for (const int64_t size : shape) count *= static_cast<size_t>(size);
    Array array = {std::move(shape), std::vector<float>(count)};
    for (float& x : array.numbers) x = static_cast<float>(static_cast<double>(engine() >> 11) * 0x1p-52 - 1);
    return array;
  }
};

/** Cut anywhere, into at most one more than `cuts`. */
inline std::vector<Array> inParts(const Array& whole, int cuts, Chance& chance) {
  const auto count = static_cast<int64_t>(whole.numbers.size());
  std::vector<Array> parts;
  for (int64_t from = 0; from < count;) {
    const bool isLast = static_cast<int>(parts.size()) == cuts;
    const int64_t to = isLast ? count : chance.number(from + 1, count);
    parts.push_back({{to - from}, {whole.numbers.begin() + from, whole.numbers.begin() + to}});
    from = to;
  }
  return parts;
}

/** In this type: of bfloat16 without the lower half of each number. */
inline Array as(TF_DataType dtype, Array array) {
  array.dtype = dtype;
  if (dtype == TF_BFLOAT16)
    for (float& x : array.numbers) {
      uint32_t bits;
      std::memcpy(&bits, &x, sizeof bits);
      bits &= 0xffff0000;
      std::memcpy(&x, &bits, sizeof bits);
    }
  return array;
}
constexpr TF_DataType types[] = {TF_FLOAT, TF_BFLOAT16};
inline const char* nameOf(TF_DataType dtype) { return dtype == TF_FLOAT ? "float32" : "bfloat16"; }

inline std::string text(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

inline bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/**
 * How far apart a proof may find results: of fast kernels, and of plain sums. Of float32 matrix registers multiply two parts of
 * each number and leave out 1.2e-5 of a product (native/kernels/amx.h).
 */
inline double mostApart(TF_DataType type, bool fast) {
  const bool inParts = type == TF_FLOAT && std::string(set->name) == "amx";
  return fast ? 1e-5 : inParts ? 1.2e-5 : 1e-6;
}

/** Exact results, and beside each the sum of its terms' absolute values. */
struct Exact {
  std::vector<double> values, sizes;
};

/** The largest error over the largest size; of results in bfloat16, beyond their rounding. */
inline double apart(const std::vector<float>& got, const Exact& exact, TF_DataType dtype = TF_FLOAT) {
  check(got.size() == exact.values.size(), "another number of results");
  double error = 0, size = 1e-300;
  for (size_t i = 0; i < got.size(); i++) {
    const double distance = std::abs(got[i] - exact.values[i]);
    check(std::isfinite(distance), "a result is not finite");
    error = std::max(error, dtype == TF_BFLOAT16 ? distance - std::abs(got[i]) / 256 : distance);
    size = std::max(size, exact.sizes[i]);
  }
  return error / size;
}

inline std::vector<float> succeeded(const Result& result, const std::string& what, size_t output = 0) {
  check(result.code == TF_OK, what + ": " + result.message);
  return result.outputs.at(output).numbers;
}

// Each proof says in one line what it found.
void convolutions(int shapes);
void filterGradients(int shapes);
void sideBySide(int shapes);
void batchNorms(int shapes);
void decayedGradients(int shapes);
void updates(int shapes);
void specialNumbers();
void refusals();
void failures();
void callers(int turns);
