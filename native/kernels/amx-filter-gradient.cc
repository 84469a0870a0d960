#include "amx-filter-gradient.h"

#if INCEPTION_LANES == 16
#include "amx.h"
#include "cut.h"
#include "phases.h"

namespace inception::INCEPTION_SET {
namespace {

/** So many numbers of the input's panels, and so many pixels of both, lie in the first and second cache. */
constexpr int64_t numbersAtOnce = 65536, pixelsAtOnce = 512;

/**
 * Rows of one width and pictures of one height, zeros where a map has ended, so many that from any pixel of the output what a
 * place sees lies equally far: the sum over all of them is one product of matrices.
 */
struct Lattice {
  int64_t height = 0, width = 0;
  /** How far above and left of a pixel places lie, and how far below and right. */
  int64_t up = 0, left = 0, down = 0, right = 0;

  Lattice(const Convolution& of, const std::vector<Phase<Bfloat16>>& phases) {
    for (const auto& [view, places] : phases)
      for (const Place& place : places) {
        up = std::max(up, -place.down), down = std::max(down, place.down);
        left = std::max(left, -place.right), right = std::max(right, place.right);
      }
    height = of.outHeight + down, width = of.outWidth + right;
    for (const auto& [view, places] : phases) {
      height = std::max(height, std::min(view.height, of.outHeight + down) + up);
      width = std::max(width, std::min(view.width, of.outWidth + right) + left);
    }
  }
};

/** A map's pixels one after the other from any place of a lattice on. */
class Walk {
  const Lattice& lattice;
  const View<Bfloat16> view;
  const int64_t pictures;
  const Bfloat16* zeros;
  int64_t row, column;
  const Bfloat16* pixels;

  void begin() {
    const int64_t picture = row / lattice.height, inside = row % lattice.height;
    const bool exists = row >= 0 && picture < pictures && inside < view.height;
    pixels = exists ? view.numbers + picture * view.pictureStep + inside * view.rowStep : nullptr;
  }

 public:
  Walk(const Lattice& of, const View<Bfloat16>& map, int64_t count, const Bfloat16* nothing, int64_t first)
      : lattice(of), view(map), pictures(count), zeros(nothing) {
    const int64_t above = first < 0 ? tilesOf(-first, lattice.width) : 0;
    row = (first + above * lattice.width) / lattice.width - above;
    column = first - row * lattice.width;
    begin();
  }

  const Bfloat16* nothing() const { return zeros; }

  const Bfloat16* next() {
    const Bfloat16* pixel = pixels && column < view.width ? pixels + column * view.columnStep : zeros;
    if (++column == lattice.width) column = 0, row++, begin();
    return pixel;
  }
};

/** Two pixels' numbers side by side. */
WITH_VECTORS inline __m512i pairs(const Bfloat16* pixel, const Bfloat16* next, __mmask16 channels) {
  const auto words = [channels](const Bfloat16* numbers) WITH_VECTORS {
    return __builtin_convertvector(reinterpret_cast<Halves>(_mm256_maskz_loadu_epi16(channels, numbers)), Words);
  };
  return reinterpret_cast<__m512i>(words(pixel) | words(next) << 16);
}

constexpr __mmask16 those(int64_t channels) {
  return static_cast<__mmask16>(channels >= matrixSide ? 0xffff : (1 << channels) - 1);
}

/** Panels of pairs, `panelSize` apart, of so many pixels. */
WITH_VECTORS void packPairs(Walk walk, int64_t pixels, const Range& channels, int64_t panelSize, Pair* panels) {
  const Bfloat16* pixel = walk.next();
  for (int64_t index = 0; index < pixels; index++) {
    const Bfloat16* next = walk.next();
    Pair* target = panels + index * matrixSide;
    for (int64_t from = channels.from; from < channels.to; from += matrixSide, target += panelSize)
      _mm512_storeu_si512(target, pairs(pixel + from, next + from, those(channels.to - from)));
    pixel = next;
  }
}

/** Rows become columns. */
WITH_VECTORS inline void turn(__m512i (&rows)[matrixSide]) {
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#pragma GCC unroll 4
  for (int bit = 1; bit < matrixSide; bit *= 2) {
    const __m512i far = _mm512_set1_epi32(bit), other = _mm512_set1_epi32(matrixSide);
    const __mmask16 low = _mm512_testn_epi32_mask(lane, far);
    const __m512i first = _mm512_mask_mov_epi32(_mm512_or_si512(_mm512_xor_si512(lane, far), other), low, lane);
    const __m512i second = _mm512_mask_mov_epi32(_mm512_or_si512(lane, other), low, _mm512_xor_si512(lane, far));
#pragma GCC unroll 16
    for (int row = 0; row < matrixSide; row++) {
      if (row & bit) continue;
      const __m512i a = rows[row], b = rows[row | bit];
      rows[row] = _mm512_permutex2var_epi32(a, first, b);
      rows[row | bit] = _mm512_permutex2var_epi32(a, second, b);
    }
  }
}

/** Panels of left matrices: of sixteen filters each, as many one after the other as so many pixels fill. */
WITH_VECTORS void packLeft(Walk walk, int64_t count, const Range& filters, char* panels) {
  const int64_t depth = tilesOf(count, matrixDepth);
  for (int64_t block = 0; block < depth; block++) {
    const Bfloat16* pixels[matrixDepth];
    for (int64_t i = 0; i < matrixDepth; i++) pixels[i] = block * matrixDepth + i < count ? walk.next() : walk.nothing();
    char* target = panels + block * matrixSide * 64;
    for (int64_t from = filters.from; from < filters.to; from += matrixSide, target += depth * matrixSide * 64) {
      __m512i rows[matrixSide];
      for (int row = 0; row < matrixSide; row++)
        rows[row] = pairs(pixels[2 * row] + from, pixels[2 * row + 1] + from, those(filters.to - from));
      turn(rows);
      for (int row = 0; row < matrixSide; row++) _mm512_storeu_si512(target + row * 64, rows[row]);
    }
  }
}

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

  WITH_VECTORS void write(const Convolution& convolution, const Piece& piece, float* gradient) const {
    for (int64_t place = 0; place < convolution.rows * convolution.columns; place++)
      for (int64_t filter = 0; filter < filters; filter++)
        for (int64_t channel = 0; channel < channels; channel++) {
          const float* matrix = of(place, filter, channel);
          __m512i rows[matrixSide];
          for (int row = 0; row < matrixSide; row++) rows[row] = _mm512_loadu_si512(matrix + row * matrixSide);
          turn(rows);
          const int64_t from = piece.channels.from + channel * matrixSide, to = piece.filters.from + filter * matrixSide;
          const int64_t count = std::min(matrixSide, piece.channels.to - from);
          float* target = gradient + (place * convolution.channels + from) * convolution.filters + to;
          for (int64_t row = 0; row < count; row++, target += convolution.filters)
            _mm512_mask_storeu_epi32(target, those(piece.filters.to - to), rows[row]);
        }
  }
};

struct Work {
  const Convolution& of;
  const Bfloat16* dy;
  const std::vector<Phase<Bfloat16>> phases;
  const Lattice lattice{of, phases};
  const int64_t rows = of.batch * lattice.height;
  const std::vector<Bfloat16> zeros = std::vector<Bfloat16>(static_cast<size_t>(std::max(of.channels, of.filters)));

  /** Writes a piece's sums. */
  void sum(const Piece& piece, float* gradient) const {
    const auto& [all, channels, filters] = piece;
    const Sums sums(of.rows * of.columns, channels, filters);
    const View<Bfloat16> outputs = {dy,          of.outHeight, of.outWidth, of.outHeight * of.outWidth * of.filters,
                                    of.outWidth * of.filters, of.filters};
    const int64_t most = std::min(all.count, std::max<int64_t>(1, pixelsAtOnce / lattice.width));
    const int64_t mostDepth = tilesOf(most * lattice.width, matrixDepth);
    const auto left = numbers<char>(mostDepth * matrixSize * 4 * sums.filters);
    for (int64_t first = all.first; first < all.first + all.count; first += most) {
      const int64_t pixels = std::min(most, all.first + all.count - first) * lattice.width, from = first * lattice.width;
      const int64_t depth = tilesOf(pixels, matrixDepth);
      packLeft({lattice, outputs, of.batch, zeros.data(), from}, pixels, filters, left.get());
      for (const Phase<Bfloat16>& phase : phases) addPhase(phase, from, depth, channels, left.get(), sums);
    }
    sums.write(of, piece, gradient);
  }

 private:
  void addPhase(const Phase<Bfloat16>& phase, int64_t from, int64_t depth, const Range& channels, const char* left,
                const Sums& sums) const {
    const auto far = [&](const Place& place) { return place.down * lattice.width + place.right; };
    int64_t nearest = far(phase.places.front()), furthest = nearest;
    for (const Place& place : phase.places)
      nearest = std::min(nearest, far(place)), furthest = std::max(furthest, far(place));
    View<Bfloat16> view = phase.view;
    view.height = std::min(view.height, of.outHeight + lattice.down);
    view.width = std::min(view.width, of.outWidth + lattice.right);
    const int64_t pixels = depth * matrixDepth + furthest - nearest, panelSize = oddLines(pixels * matrixSide);
    const int64_t panels = std::clamp<int64_t>(numbersAtOnce / panelSize / 2 * 2, 2, roundUp(sums.channels, 2));
    const auto right = numbers<Pair>(panels * panelSize);
    for (int64_t first = 0; first < sums.channels; first += panels) {
      const Range some = {channels.from + first * matrixSide,
                          std::min(channels.to, channels.from + (first + panels) * matrixSide)};
      packPairs({lattice, view, of.batch, zeros.data(), from + nearest}, pixels, some, panelSize, right.get());
      const int64_t last = std::min(sums.channels, first + panels);
      for (int64_t filter = 0; filter < sums.filters; filter += 2)
        for (int64_t channel = first; channel < last; channel += 2)
          for (const Place& place : phase.places) {
            const Pair* seen = right.get() + (channel - first) * panelSize + (far(place) - nearest) * matrixSide;
            addMatrices({left + filter * depth * 4 * matrixSize, reinterpret_cast<const char*>(seen),
                         depth * 4 * matrixSize, panelSize * 4, depth},
                        sums.filters - filter > 1 ? 2 : 1, last - channel > 1 ? 2 : 1,
                        sums.of(place.index, filter, channel), sums.channels * matrixSize);
          }
    }
  }
};

}  // namespace

void amxFilterGradient(const Convolution& of, const Bfloat16* input, const Bfloat16* dy, float* gradient, int threads) {
  const Work work = {of, dy, phasesOf(of, input)};
  const Cut cut(of, work.rows, threads);
  const PartSums sums(gradient, cut.parts, cut.size);
  share(cut.parts * cut.blocks, threads, [&] {
    return [&, registers = MatrixRegisters()](int64_t index) {
      work.sum(cut.piece(index), sums.of(index / cut.blocks));
    };
  });
  sums.addUp(threads);
}

}  // namespace inception::INCEPTION_SET
#endif
