#include "amx-filter-gradient.h"

#if INCEPTION_LANES == 16
#include <deque>

#include "amx-numbers.h"
#include "cut.h"
#include "lattice.h"

namespace inception::INCEPTION_SET {
namespace {

/** So many numbers of the input's panels, and so many pixels of both, lie in the first and second cache. */
constexpr int64_t numbersAtOnce = 65536, pixelsAtOnce = 512;

/** Panels of so many pairs of pixels, `panelSize` long; after one of upper parts comes that of the lower ones. */
template <class Number>
WITH_NARROWING void packPairs(Walk<Number> walk, int64_t pairs, int64_t pixelsApart, const Range& channels,
                              int64_t panelSize, Pair* panels) {
  const Number* pixel = walk.next();
  for (int64_t index = 0; index < pairs; index++) {
    const Number* next = walk.next();
    Pair* target = panels + index * matrixSide;
    for (int64_t from = channels.from; from < channels.to; from += matrixSide, target += partsOf<Number> * panelSize) {
      const __mmask16 some = those(channels.to - from);
      const Parts both = partsAt(pixel + from, some, next + from, some);
      walk.fetchAfter(pixel + from), walk.fetchAfter(next + from);
      _mm512_storeu_si512(target, paired(both.upper));
      if constexpr (partsOf<Number> == 2) _mm512_storeu_si512(target + panelSize, paired(both.lower));
    }
    pixel = pixelsApart == 1 ? next : walk.next();
  }
}

/** From one pair that places see to the next: two pixels where each place lies an even number of them from the first. */
template <class Number>
int64_t pixelsApart(const Lattice& lattice, const Phase<Number>& phase) {
  const int64_t first = lattice.far(phase.places.front());
  const auto even = [&](const Place& place) { return (lattice.far(place) - first) % 2 == 0; };
  return std::all_of(phase.places.begin(), phase.places.end(), even) ? 2 : 1;
}

/** Panels of left matrices: of sixteen filters each, as many one after the other as so many pixels fill. */
template <class Number>
WITH_NARROWING void packLeft(Walk<Number> walk, int64_t count, const Range& filters, char* panels) {
  constexpr int parts = partsOf<Number>;
  const int64_t depth = tilesOf(count, matrixDepth), panelBytes = depth * matrixBytes;
  for (int64_t block = 0; block < depth; block++) {
    const Number* pixels[matrixDepth];
    for (int64_t i = 0; i < matrixDepth; i++) pixels[i] = block * matrixDepth + i < count ? walk.next() : walk.nothing();
    char* target = panels + block * matrixBytes;
    for (int64_t from = filters.from; from < filters.to; from += matrixSide, target += parts * panelBytes) {
      __m512i rows[2][matrixSide];
      for (int row = 0; row < matrixSide; row++) {
        const __mmask16 some = those(filters.to - from);
        const Parts both = partsAt(pixels[2 * row] + from, some, pixels[2 * row + 1] + from, some);
        walk.fetchAfter(pixels[2 * row] + from), walk.fetchAfter(pixels[2 * row + 1] + from);
        rows[0][row] = paired(both.upper), rows[1][row] = paired(both.lower);
      }
      for (int part = 0; part < parts; part++) {
        turn(rows[part]);
        for (int row = 0; row < matrixSide; row++)
          _mm512_storeu_si512(target + part * panelBytes + row * 64, rows[part][row]);
      }
    }
  }
}

/** The gradient of one filter: its filters among those of all, and the sums of each part of the pixels. */
template <class Number>
struct Strip {
  const Number* const dy;
  const Range filters;
  const PartSums sums;

  Strip(const Slope<Number>& slope, int64_t from, int64_t parts, int64_t numbersOfFilter)
      : dy(slope.dy), filters{from, from + slope.filters}, sums(slope.gradient, parts, numbersOfFilter * slope.filters) {}
};

/** A piece's sums as matrices, of filters by channels, for each place. */
struct Sums {
  const int64_t channels, filters;
  const Numbers<float> all;

  Sums(int64_t places, const Range& ofChannels, const Range& ofFilters)
      : channels(tilesOf(ofChannels.count(), matrixSide)),
        filters(tilesOf(ofFilters.count(), matrixSide)),
        all(numbers<float>(places * channels * filters * matrixSize)) {
    std::fill_n(all.get(), places * channels * filters * matrixSize, 0.0f);
  }
  float* of(int64_t place, int64_t filter, int64_t channel) const {
    return all.get() + ((place * filters + filter) * channels + channel) * matrixSize;
  }
};

template <class Number>
struct Work {
  static constexpr int parts = partsOf<Number>;
  /** Of all filters side by side. */
  const Convolution& of;
  const std::deque<Strip<Number>>& strips;
  const std::vector<Phase<Number>>& phases;
  const Lattice& lattice;
  const std::vector<Number> zeros = std::vector<Number>(static_cast<size_t>(std::max(of.channels, of.filters)));

  /** Writes a piece's sums. */
  void sum(const Piece& piece, int64_t part) const {
    const auto& [all, channels, filters] = piece;
    const Sums sums(of.rows * of.columns, channels, filters);
    const int64_t most = std::min(all.count, std::max<int64_t>(1, pixelsAtOnce / lattice.width));
    const int64_t mostDepth = tilesOf(most * lattice.width, matrixDepth);
    const auto left = numbers<char>(parts * mostDepth * matrixBytes * sums.filters);
    for (int64_t first = all.first; first < all.first + all.count; first += most) {
      const int64_t pixels = std::min(most, all.first + all.count - first) * lattice.width, from = first * lattice.width;
      const int64_t depth = tilesOf(pixels, matrixDepth);
      eachStrip(filters, [&](const Strip<Number>& strip, const Range& own, int64_t matrices) {
        Convolution one = of;
        one.filters = strip.filters.count();
        packLeft<Number>({lattice, outputView(one, strip.dy), of.batch, zeros.data(), from}, pixels, own,
                         left.get() + matrices * parts * depth * matrixBytes);
      });
      for (const Phase<Number>& phase : phases) addPhase(phase, from, depth, channels, left.get(), sums);
    }
    eachStrip(filters, [&](const Strip<Number>& strip, const Range& own, int64_t matrices) {
      write(sums, matrices, channels, own, strip.filters.count(), strip.sums.of(part));
    });
  }

 private:
  /** Calls `visit` with those filters of each strip that are among these, and how many matrices lie before theirs. */
  template <class Visit>
  void eachStrip(const Range& some, const Visit& visit) const {
    for (const Strip<Number>& strip : strips) {
      const Range both = {std::max(some.from, strip.filters.from), std::min(some.to, strip.filters.to)};
      if (both.from < both.to)
        visit(strip, Range{both.from - strip.filters.from, both.to - strip.filters.from}, (both.from - some.from) / matrixSide);
    }
  }

  WITH_VECTORS void write(const Sums& sums, int64_t matrices, const Range& channels, const Range& filters, int64_t step,
                          float* gradient) const {
    for (int64_t place = 0; place < of.rows * of.columns; place++)
      for (int64_t filter = 0; filter < tilesOf(filters.count(), matrixSide); filter++)
        for (int64_t channel = 0; channel < sums.channels; channel++) {
          const float* matrix = sums.of(place, matrices + filter, channel);
          __m512i rows[matrixSide];
          for (int row = 0; row < matrixSide; row++) rows[row] = _mm512_loadu_si512(matrix + row * matrixSide);
          turn(rows);
          const int64_t from = channels.from + channel * matrixSide, to = filters.from + filter * matrixSide;
          const int64_t count = std::min(matrixSide, channels.to - from);
          float* target = gradient + (place * of.channels + from) * step + to;
          for (int64_t row = 0; row < count; row++, target += step)
            _mm512_mask_storeu_epi32(target, those(filters.to - to), rows[row]);
        }
  }

  void addPhase(const Phase<Number>& phase, int64_t from, int64_t depth, const Range& channels, const char* left,
                const Sums& sums) const {
    const Range reach = reachOf(lattice, phase);
    const View<Number> view = seenOf(of, lattice, phase.view);
    const int64_t apart = pixelsApart(lattice, phase);
    const int64_t pairs = tilesOf(depth * matrixDepth + reach.count(), apart), panelSize = oddLines(pairs * matrixSide);
    const int64_t panels = std::clamp<int64_t>(numbersAtOnce / panelSize / 2 * 2, 2, roundUp(sums.channels, 2));
    const int64_t leftBytes = depth * matrixBytes, rightBytes = panelSize * static_cast<int64_t>(sizeof(Pair));
    const int64_t rowBytes = 2 / apart * 64;
    const auto right = numbers<Pair>(panels * parts * panelSize);
    for (int64_t first = 0; first < sums.channels; first += panels) {
      const Range some = {channels.from + first * matrixSide,
                          std::min(channels.to, channels.from + (first + panels) * matrixSide)};
      packPairs<Number>({lattice, view, of.batch, zeros.data(), from + reach.from}, pairs, apart, some, panelSize, right.get());
      const int64_t last = std::min(sums.channels, first + panels);
      for (int64_t filter = 0; filter < sums.filters; filter += 2)
        for (int64_t channel = first; channel < last; channel += 2)
          for (const Place& place : phase.places) {
            const Pair* seen =
                right.get() + (channel - first) * parts * panelSize + (lattice.far(place) - reach.from) / apart * matrixSide;
            const SumsInRegisters block = {sums.filters - filter > 1 ? 2 : 1, last - channel > 1 ? 2 : 1};
            float* const target = sums.of(place.index, filter, channel);
            block.load(target, sums.channels * matrixSize);
            block.add<parts>(
                {left + filter * parts * leftBytes, 64, matrixBytes, parts * leftBytes, leftBytes},
                {reinterpret_cast<const char*>(seen), rowBytes, matrixSide * rowBytes, parts * rightBytes, rightBytes},
                depth);
            block.store(target, sums.channels * matrixSize);
          }
    }
  }
};

}  // namespace

template <class Number>
void amxFilterGradient(const Convolution& of, const Number* input, const std::vector<Slope<Number>>& slopes, int threads) {
  Convolution all = of;
  all.filters = 0;
  for (const Slope<Number>& slope : slopes) all.filters = roundUp(all.filters, matrixSide) + slope.filters;
  const std::vector<Phase<Number>> phases = phasesOf(all, input);
  const Lattice lattice(all, phases);
  const Cut cut(all, all.batch * lattice.height, threads);
  std::deque<Strip<Number>> strips;
  for (const Slope<Number>& slope : slopes)
    strips.emplace_back(slope, strips.empty() ? 0 : roundUp(strips.back().filters.to, matrixSide), cut.parts,
                        of.rows * of.columns * of.channels);
  const Work<Number> work = {all, strips, phases, lattice};
  share(cut.parts * cut.blocks, threads, [&] {
    return [&, registers = MatrixRegisters()](int64_t index) { work.sum(cut.piece(index), index / cut.blocks); };
  });
  for (const Strip<Number>& strip : strips) strip.sums.addUp(threads);
}

template void amxFilterGradient(const Convolution&, const float*, const std::vector<Slope<float>>&, int);
template void amxFilterGradient(const Convolution&, const Bfloat16*, const std::vector<Slope<Bfloat16>>&, int);

}  // namespace inception::INCEPTION_SET
#endif
