#include "amx-convolution.h"

#if INCEPTION_LANES == 16
#include <limits>

#include "amx-filter.h"
#include "lattice.h"

namespace inception::INCEPTION_SET {
namespace {

/** So many bytes of the input lie in half of the second cache, beside the filter's matrices for 32 filters. */
constexpr int64_t bytesAtOnce = 1 << 19, fewestPixels = 64, mostPixels = 1024;

template <class Number>
class Work {
  static constexpr int parts = partsOf<Number>;
  const Convolution& of;
  const Finish& finish;
  const FilterMatrices<parts>& filter;
  const std::vector<Phase<Number>> phases;
  Number* const output;
  const Lattice lattice{of, phases};
  const std::vector<Number> zeros = std::vector<Number>(static_cast<size_t>(of.channels));

 public:
  const int64_t pixels = of.batch * lattice.height * lattice.width;

  Work(const Convolution& convolution, const Finish& end, const FilterMatrices<parts>& matrices, const Number* input,
       Number* to)
      : of(convolution), finish(end), filter(matrices), phases(phasesOf(of, input)), output(to) {}

  /** Of the output, in one piece. */
  int64_t atOnce() const {
    const int64_t bytes = filter.depth * 64 * parts * static_cast<int64_t>(std::max<size_t>(1, phases.size()));
    return std::clamp(bytesAtOnce / bytes / (2 * matrixSide) * (2 * matrixSide), fewestPixels, mostPixels);
  }

  /** Writes the results of so many filters, in sixteens, for pixels of the lattice. */
  void compute(Range some, Range blocks) const {
    std::vector<Seen> seen;
    std::vector<Numbers<char>> maps;
    const int64_t count = roundUp(some.count(), 2 * matrixSide);
    for (const Phase<Number>& phase : phases) {
      const Range reach = reachOf(lattice, phase);
      const int64_t length = (count + reach.count()) | 1;
      maps.push_back(numbers<char>(filter.depth * parts * length * 64));
      packMap({lattice, seenOf(of, lattice, phase.view), of.batch, zeros.data(), some.from + reach.from}, length,
              maps.back().get());
      for (const Place& place : phase.places)
        seen.push_back({place.index, maps.back().get() + (lattice.far(place) - reach.from) * 64, length * 64});
    }
    std::vector<const Number*> targets;
    Walk<Number> walk = {lattice, outputView(of, output), of.batch, nullptr, some.from};
    for (int64_t pixel = 0; pixel < count; pixel++) targets.push_back(pixel < some.count() ? walk.next() : nullptr);
    alignas(64) float sums[4 * matrixSize];
    for (int64_t block = blocks.from; block < blocks.to; block += 2)
      for (int64_t pixel = 0; pixel < count; pixel += 2 * matrixSide) {
        const SumsInRegisters both = {2, blocks.to - block > 1 ? 2 : 1};
        both.clear();
        for (const Seen& place : seen)
          both.add<parts>({place.numbers + pixel * 64, 64, parts * place.step, matrixSide * 64, place.step},
                          filter.from(block, place.index), filter.depth);
        both.store(sums, 2 * matrixSize);
        for (int64_t column = 0; column < both.columns; column++)
          write(sums + column * matrixSize, targets.data() + pixel, (block + column) * matrixSide);
      }
  }

 private:
  /** What a place of the filter sees: pixel after pixel 32 channels, and the next 32 after all pixels. */
  struct Seen {
    int64_t index;
    const char* numbers;
    int64_t step;
  };

  WITH_NARROWING void packMap(Walk<Number> walk, int64_t length, char* target) const {
    for (int64_t index = 0; index < length; index++) {
      const Number* pixel = walk.next();
      char* line = target + index * 64;
      for (int64_t channel = 0; channel < of.channels; channel += matrixDepth) {
        const int64_t left = of.channels - channel;
        const Parts low = partsAt(pixel + channel, those(left));
        const Parts high = partsAt(pixel + channel + matrixSide, those(left - matrixSide));
        _mm512_storeu_si512(line, joined(low.upper, high.upper));
        line += length * 64;
        if constexpr (parts == 2) _mm512_storeu_si512(line, joined(low.lower, high.lower)), line += length * 64;
      }
    }
  }

  /** Two matrices of sums, one below the other, of the filters from `from` on. */
  WITH_NARROWING void write(const float* sums, const Number* const* targets, int64_t from) const {
    const __mmask16 some = those(of.filters - from);
    const Vector bias = finish.bias ? Vector(_mm512_maskz_loadu_ps(some, finish.bias + from)) : Vector{};
    const Vector least = all(finish.relu ? 0 : -std::numeric_limits<float>::infinity());
    for (int64_t row = 0; row < 2 * matrixSide; row++) {
      if (!targets[row]) continue;
      const Vector sum = at(sums + row / matrixSide * 2 * matrixSize + row % matrixSide * matrixSide) + bias;
      storeSome(sum < least ? least : sum, some, output + (targets[row] - output) + from);
    }
  }
};

}  // namespace

template <class Number>
void amxConvolution(const Convolution& of, bool backward, const Finish& finish, const Number* input, const float* filter,
                    Number* output, int threads) {
  const FilterMatrices<partsOf<Number>> matrices(of, backward, filter, threads);
  const Work<Number> work(of, finish, matrices, input, output);
  const int64_t most = work.atOnce(), pieces = tilesOf(work.pixels, most);
  const int64_t wanted = piecesFor(threads, work.pixels * of.rows * of.columns * of.channels * of.filters);
  const int64_t groups = std::clamp<int64_t>(wanted / pieces, 1, tilesOf(matrices.blocks, 2));
  share(pieces * groups, threads, [&] {
    return [&, registers = MatrixRegisters()](int64_t index) {
      const int64_t first = index / groups * most;
      work.compute({first, std::min(work.pixels, first + most)}, partOf({0, matrices.blocks}, groups, index % groups, 2));
    };
  });
}

template void amxConvolution(const Convolution&, bool, const Finish&, const float*, const float*, float*, int);
template void amxConvolution(const Convolution&, bool, const Finish&, const Bfloat16*, const float*, Bfloat16*, int);

}  // namespace inception::INCEPTION_SET
#endif
