#include "amx-convolution.h"

#if INCEPTION_LANES == 16
#include <limits>

#include "amx-jobs.h"

namespace inception::INCEPTION_SET {
namespace {

/** So many bytes of the sources lie in a quarter of the second cache, beside as many of the filters' matrices. */
constexpr int64_t bytesAtOnce = 1 << 19, fewestPixels = 64, mostPixels = 1024;

/** One or two sixteens of a target's channels. */
struct Block {
  size_t target;
  int64_t first, count;
};

template <class Number>
class Work {
  static constexpr int parts = partsOf<Number>;
  const SideBySide<Number>& maps;
  const std::deque<FilterMatrices<parts>>& filters;
  const Job<Number>& job;
  const Convolution& of = job.of;
  const Lattice lattice{of, job.phases.front()};
  std::vector<Number> zeros;

 public:
  const int64_t pixels = of.batch * lattice.height * lattice.width;
  std::vector<Block> blocks;

  Work(const SideBySide<Number>& all, const std::deque<FilterMatrices<parts>>& matrices, const Job<Number>& some)
      : maps(all), filters(matrices), job(some) {
    for (const Source<Number>& source : maps.sources)
      zeros.resize(std::max(zeros.size(), static_cast<size_t>(source.channels)));
    for (size_t target = 0; target < maps.targets.size(); target++)
      for (int64_t first = 0; first < filters[target].blocks; first += 2)
        blocks.push_back({target, first, std::min<int64_t>(2, filters[target].blocks - first)});
  }

  /** Of the lattice, in one piece. */
  int64_t pixelsAtOnce() const {
    int64_t bytes = 0;
    for (size_t source = 0; source < job.phases.size(); source++)
      bytes += filters[source].depth * 64 * parts * static_cast<int64_t>(std::max<size_t>(1, job.phases[source].size()));
    return std::clamp(bytesAtOnce / bytes / (2 * matrixSide) * (2 * matrixSide), fewestPixels, mostPixels);
  }

  int64_t products() const {
    int64_t ofPixel = 0, places = 0;
    for (const Phase<Number>& phase : job.phases.front()) places += static_cast<int64_t>(phase.places.size());
    for (size_t i = 0; i < filters.size(); i++)
      ofPixel += maps.sources[std::min(i, maps.sources.size() - 1)].channels *
                 maps.targets[std::min(i, maps.targets.size() - 1)].channels;
    return pixels * places * ofPixel;
  }

  /** Writes the results of some blocks for pixels of the lattice: of as many channels next to each other as may be. */
  void compute(Range some, Range ofBlocks) const {
    const int64_t count = roundUp(some.count(), 2 * matrixSide);
    std::vector<Numbers<char>> packed;
    std::vector<Seen> seen;
    for (size_t source = 0; source < job.phases.size(); source++) see(source, some.from, count, packed, seen);
    const int64_t most = blocksAtOnce(seen);
    std::vector<std::vector<Number*>> written;
    for (size_t target = 0; target < maps.targets.size(); target++) written.push_back(writtenOf(target, some, count));
    for (int64_t from = ofBlocks.from; from < ofBlocks.to; from += most)
      for (int64_t pixel = 0; pixel < count; pixel += 2 * matrixSide)
        for (int64_t index = from; index < std::min(ofBlocks.to, from + most); index++) {
          const Block& block = blocks[static_cast<size_t>(index)];
          compute(block, seen, pixel, written[block.target].data() + pixel);
        }
  }

 private:
  /** What a place of a filter sees: pixel after pixel 32 channels of a source, and the next 32 after all pixels. */
  struct Seen {
    size_t source;
    int64_t place;
    const char* numbers;
    int64_t step;
  };

  int64_t blocksAtOnce(const std::vector<Seen>& seen) const {
    int64_t bytes = 2 * matrixBytes * parts;
    for (const Seen& one : seen) bytes += filters[one.source].depth * 2 * matrixBytes * parts;
    return std::max<int64_t>(1, bytesAtOnce / bytes);
  }

  void compute(const Block& block, const std::vector<Seen>& seen, int64_t pixel, Number* const* written) const {
    const auto& [target, first, columns] = block;
    const SumsInRegisters both = {2, static_cast<int>(columns)};
    both.clear();
    for (const auto& [source, place, numbers, step] : seen) {
      const FilterMatrices<parts>& filter = filters[std::max(source, target)];
      both.template add<parts>({numbers + pixel * 64, 64, parts * step, matrixSide * 64, step}, filter.from(first, place),
                               filter.depth);
    }
    alignas(64) float sums[4 * matrixSize];
    both.store(sums, 2 * matrixSize);
    const auto writeThose = columns == 2 ? &Work::template write<2> : &Work::template write<1>;
    (this->*writeThose)(maps.targets[target], sums, written, first * matrixSide);
  }

  void see(size_t source, int64_t from, int64_t count, std::vector<Numbers<char>>& packed, std::vector<Seen>& seen) const {
    const int64_t channels = maps.sources[source].channels, depth = tilesOf(channels, matrixDepth);
    for (const Phase<Number>& phase : job.phases[source]) {
      const Range reach = reachOf(lattice, phase);
      const int64_t length = (count + reach.count()) | 1;
      packed.push_back(numbers<char>(depth * parts * length * 64));
      packMap({lattice, seenOf(of, lattice, phase.view), of.batch, zeros.data(), from + reach.from}, channels, length,
              packed.back().get());
      for (const Place& place : phase.places)
        seen.push_back(
            {source, place.index, packed.back().get() + (lattice.far(place) - reach.from) * 64, length * 64});
    }
  }

  /** Where a target's pixels lie, null where the lattice has none. */
  std::vector<Number*> writtenOf(size_t target, Range some, int64_t count) const {
    Number* const first = maps.targets[target].numbers;
    Walk<Number> walk = {lattice, job.views[target], of.batch, nullptr, some.from};
    std::vector<Number*> written(static_cast<size_t>(count));
    for (int64_t pixel = 0; pixel < some.count(); pixel++)
      if (const Number* at = walk.next()) written[static_cast<size_t>(pixel)] = first + (at - first);
    return written;
  }

  WITH_NARROWING static void packMap(Walk<Number> walk, int64_t channels, int64_t length, char* target) {
    for (int64_t index = 0; index < length; index++) {
      const Number* pixel = walk.next();
      char* line = target + index * 64;
      for (int64_t channel = 0; channel < channels; channel += matrixDepth) {
        const int64_t left = channels - channel;
        walk.fetchAfter(pixel + channel), walk.fetchAfter(pixel + channel + matrixSide);
        const Parts both = partsAt(pixel + channel, those(left), pixel + channel + matrixSide, those(left - matrixSide));
        _mm512_storeu_si512(line, both.upper), line += length * 64;
        if constexpr (parts == 2) _mm512_storeu_si512(line, both.lower), line += length * 64;
      }
    }
  }

  /** Matrices of sums, two below each other, of the channels from `from` on. */
  template <int columns>
  WITH_NARROWING void write(const Target<Number>& target, const float* sums, Number* const* written, int64_t from) const {
    const Vector least = all(maps.relu ? 0 : -std::numeric_limits<float>::infinity());
    __mmask16 some[columns];
    Vector bias[columns] = {};
    for (int column = 0; column < columns; column++) {
      some[column] = those(target.channels - from - column * matrixSide);
      if (target.bias) bias[column] = _mm512_maskz_loadu_ps(some[column], target.bias + from + column * matrixSide);
    }
    for (int64_t row = 0; row < 2 * matrixSide; row++) {
      if (!written[row]) continue;
      Vector results[columns];
      for (int column = 0; column < columns; column++) {
        const Vector sum = at(sums + (row / matrixSide * 2 + column) * matrixSize + row % matrixSide * matrixSide) + bias[column];
        results[column] = sum < least ? least : sum;
      }
      if constexpr (columns == 2) storeBoth(results, some, written[row] + from);
      else storeSome(results[0], some[0], written[row] + from);
    }
  }
};

}  // namespace

template <class Number>
void amxConvolution(const Convolution& of, bool backward, const SideBySide<Number>& maps, int threads) {
  const auto matrices = matricesOf(of, backward, maps, threads);
  for (const Job<Number>& job : jobsOf(of, backward, maps)) {
    const Work<Number> work(maps, matrices, job);
    const int64_t most = work.pixelsAtOnce(), pieces = tilesOf(work.pixels, most);
    const int64_t blocks = static_cast<int64_t>(work.blocks.size());
    const int64_t groups = std::clamp<int64_t>(piecesFor(threads, work.products()) / pieces, 1, blocks);
    share(pieces * groups, threads, [&] {
      return [&, registers = MatrixRegisters()](int64_t index) {
        const int64_t from = index / groups * most;
        work.compute({from, std::min(work.pixels, from + most)}, partOf({0, blocks}, groups, index % groups));
      };
    });
  }
}

template void amxConvolution(const Convolution&, bool, const SideBySide<float>&, int);
template void amxConvolution(const Convolution&, bool, const SideBySide<Bfloat16>&, int);

}  // namespace inception::INCEPTION_SET
#endif
