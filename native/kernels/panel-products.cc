#include <array>
#include <utility>

#include "panels.h"

namespace inception::INCEPTION_SET {
namespace {

/** One pixel at a time. */
struct Numbers {
  using Entry = float;
  static constexpr int64_t pixels = 1;

  WITH_VECTORS static Vector row(const float* numbers) { return at(numbers); }
  WITH_VECTORS static Vector spread(float x) { return all(x); }
  WITH_VECTORS static void add(Vector& sum, const Vector& x, const Vector& y) { sum += x * y; }
};

/** Two pixels at a time. The product of two bfloat16 numbers is a float32; the second pixel's is added first. */
struct Pairs {
  using Entry = Pair;
  static constexpr int64_t pixels = 2;

  WITH_VECTORS static Words row(const Pair* pairs) { return *reinterpret_cast<const Words*>(pairs); }
  WITH_VECTORS static Words spread(Pair x) { return x | Words{}; }
  WITH_VECTORS static void add(Vector& sum, const Words& x, const Words& y) {
    sum += second(x) * second(y);
    sum += first(x) * first(y);
  }

 private:
  WITH_VECTORS static Vector first(const Words& pairs) { return reinterpret_cast<Vector>(pairs << 16); }
  WITH_VECTORS static Vector second(const Words& pairs) { return reinterpret_cast<Vector>(pairs & 0xffff0000); }
};

#if INCEPTION_LANES == 16
/** The same by the processor's instruction (AVX512_BF16), which takes numbers below 2^-126 for zero. */
struct PairsInHardware : Pairs {
  WITH_VECTORS static void add(Vector& sum, const Words& x, const Words& y) {
    asm("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(x), "v"(y));
  }
};
#endif

/** Without a pixel that is not there: half a pair, where the run has an odd length. */
inline float alone(float x) { return x; }
inline Pair alone(Pair x) { return x & 0xffff; }

template <class Product, int rows>
WITH_VECTORS void tile(const Run* runs, size_t count, const typename Product::Entry* inputPanel, int64_t inputStep,
                       const typename Product::Entry* dyPanel, float* target, int64_t step, int64_t columns) {
  using Entry = typename Product::Entry;
  Vector sums[rows][tileVectors] = {};
  const auto multiply = [&sums](const Entry* input, const Entry* dy) WITH_VECTORS {
    decltype(Product::row(dy)) right[tileVectors];
    for (int64_t i = 0; i < tileVectors; i++) right[i] = Product::row(dy + i * lanes);
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++) {
      const auto x = Product::spread(input[row]);
      for (int64_t i = 0; i < tileVectors; i++) Product::add(sums[row][i], x, right[i]);
    }
  };
  for (size_t run = 0; run < count; run++) {
    const Entry* input = inputPanel + runs[run].input * inputStep;
    const Entry* dy = dyPanel + runs[run].dy * tileColumns;
    int64_t left = runs[run].length;
    for (; left >= Product::pixels; left -= Product::pixels) {
      multiply(input, dy);
      input += Product::pixels * inputStep;
      dy += Product::pixels * tileColumns;
    }
    if (left == 0) continue;
    Entry lastInput[rows], lastDy[tileColumns];
    for (int row = 0; row < rows; row++) lastInput[row] = alone(input[row]);
    for (int64_t column = 0; column < tileColumns; column++) lastDy[column] = alone(dy[column]);
    multiply(lastInput, lastDy);
  }
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++) {
    if (columns == tileColumns) {
      for (int64_t i = 0; i < tileVectors; i++) at(target + row * step + i * lanes) += sums[row][i];
      continue;
    }
    float tileRow[tileColumns];
    for (int64_t i = 0; i < tileVectors; i++) at(tileRow + i * lanes) = sums[row][i];
    for (int64_t column = 0; column < columns; column++) target[row * step + column] += tileRow[column];
  }
}

template <class Product>
using Tile = void (*)(const Run*, size_t, const typename Product::Entry*, int64_t, const typename Product::Entry*, float*,
                      int64_t, int64_t);

template <class Product, size_t... rows>
constexpr std::array<Tile<Product>, tileRows> tilesOf(std::index_sequence<rows...>) {
  return {tile<Product, rows + 1>...};
}
template <class Product>
constexpr auto tiles = tilesOf<Product>(std::make_index_sequence<tileRows>());

}  // namespace

void addProducts(const Run* runs, size_t count, const float* inputPanel, const float* dyPanel, float* sums, int64_t step,
                 int64_t rows, int64_t columns) {
  tiles<Numbers>[static_cast<size_t>(rows - 1)](runs, count, inputPanel, tileRows, dyPanel, sums, step, columns);
}

void addProducts(int64_t count, const float* input, int64_t inputStep, const float* dyPanel, float* sums, int64_t step,
                 int64_t rows) {
  const Run run = {0, 0, count};
  tiles<Numbers>[static_cast<size_t>(rows - 1)](&run, 1, input, inputStep, dyPanel, sums, step, tileColumns);
}

void addProducts(const Run* runs, size_t count, const Pair* inputPanel, const Pair* dyPanel, float* sums, int64_t step,
                 int64_t rows, int64_t columns) {
#if INCEPTION_LANES == 16
  static const bool inHardware = __builtin_cpu_supports("avx512bf16");
  const auto& fitting = inHardware ? tiles<PairsInHardware> : tiles<Pairs>;
#else
  const auto& fitting = tiles<Pairs>;
#endif
  fitting[static_cast<size_t>(rows - 1)](runs, count, inputPanel, tileRows, dyPanel, sums, step, columns);
}

}  // namespace inception::INCEPTION_SET
