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

/** The right matrix's panels, from one to the next. */
template <class Entry>
struct Panels {
  const Entry* first;
  int64_t step;
};

template <class Product, int rows, int panels>
WITH_VECTORS void tile(const Run* runs, size_t count, const typename Product::Entry* inputPanel, int64_t inputStep,
                       const Panels<typename Product::Entry>& right, float* target, int64_t step, int64_t columns) {
  using Entry = typename Product::Entry;
  constexpr int64_t vectors = panels * tileVectors, wide = panels * tileColumns;
  Vector sums[rows][vectors] = {};
  const auto multiply = [&sums](const Entry* input, const Entry* dy, int64_t panelStep) WITH_VECTORS {
    decltype(Product::row(dy)) row[vectors];
    for (int64_t i = 0; i < vectors; i++) row[i] = Product::row(dy + i / tileVectors * panelStep + i % tileVectors * lanes);
#pragma GCC unroll 16
    for (int channel = 0; channel < rows; channel++) {
      const auto x = Product::spread(input[channel]);
      for (int64_t i = 0; i < vectors; i++) Product::add(sums[channel][i], x, row[i]);
    }
  };
  for (size_t run = 0; run < count; run++) {
    const Entry* input = inputPanel + runs[run].input * inputStep;
    const Entry* dy = right.first + runs[run].dy * tileColumns;
    int64_t left = runs[run].length;
    for (; left >= Product::pixels; left -= Product::pixels) {
      multiply(input, dy, right.step);
      input += Product::pixels * inputStep;
      dy += Product::pixels * tileColumns;
    }
    if (left == 0) continue;
    Entry lastInput[rows], lastDy[wide];
    for (int row = 0; row < rows; row++) lastInput[row] = alone(input[row]);
    for (int64_t panel = 0; panel < panels; panel++)
      for (int64_t column = 0; column < tileColumns; column++)
        lastDy[panel * tileColumns + column] = alone(dy[panel * right.step + column]);
    multiply(lastInput, lastDy, tileColumns);
  }
#pragma GCC unroll 16
  for (int row = 0; row < rows; row++) {
    if (columns == wide) {
      for (int64_t i = 0; i < vectors; i++) at(target + row * step + i * lanes) += sums[row][i];
      continue;
    }
    float tileRow[wide];
    for (int64_t i = 0; i < vectors; i++) at(tileRow + i * lanes) = sums[row][i];
    for (int64_t column = 0; column < columns; column++) target[row * step + column] += tileRow[column];
  }
}

template <class Product>
using Tile = void (*)(const Run*, size_t, const typename Product::Entry*, int64_t, const Panels<typename Product::Entry>&,
                      float*, int64_t, int64_t);

template <class Product, int panels, size_t... rows>
constexpr std::array<Tile<Product>, tileRows> tilesOf(std::index_sequence<rows...>) {
  return {tile<Product, rows + 1, panels>...};
}
template <class Product, int panels>
constexpr auto tiles = tilesOf<Product, panels>(std::make_index_sequence<tileRows>());

template <class Product>
Tile<Product> tileFor(int64_t rows, int64_t columns) {
  const auto index = static_cast<size_t>(rows - 1);
  return columns <= tileColumns ? tiles<Product, 1>[index] : tiles<Product, panelsAtOnce>[index];
}

}  // namespace

void addProducts(const Run* runs, size_t count, const float* inputPanel, const float* dyPanels, int64_t dyStep,
                 float* sums, int64_t step, int64_t rows, int64_t columns) {
  tileFor<Numbers>(rows, columns)(runs, count, inputPanel, tileRows, {dyPanels, dyStep}, sums, step, columns);
}

void addProducts(int64_t count, const float* input, int64_t inputStep, const float* dyPanels, int64_t dyStep, float* sums,
                 int64_t step, int64_t rows, int64_t columns) {
  const Run run = {0, 0, count};
  tileFor<Numbers>(rows, columns)(&run, 1, input, inputStep, {dyPanels, dyStep}, sums, step, columns);
}

void addProducts(const Run* runs, size_t count, const Pair* inputPanel, const Pair* dyPanels, int64_t dyStep, float* sums,
                 int64_t step, int64_t rows, int64_t columns) {
#if INCEPTION_LANES == 16
  static const bool inHardware = __builtin_cpu_supports("avx512bf16");
  const auto fitting = inHardware ? tileFor<PairsInHardware>(rows, columns) : tileFor<Pairs>(rows, columns);
#else
  const auto fitting = tileFor<Pairs>(rows, columns);
#endif
  fitting(runs, count, inputPanel, tileRows, {dyPanels, dyStep}, sums, step, columns);
}

}  // namespace inception::INCEPTION_SET
