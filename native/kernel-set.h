// The kernels of one width of vectors, for maps in float32 and in bfloat16: sums are float32 in both, and so are filters,
// their gradients, biases, and the figures of channels.
#pragma once
#include "batch-norm.h"
#include "bfloat16.h"
#include "convolution.h"
#include "decay.h"

namespace inception {

template <class Number>
struct KernelsOf {
  /**
   * Convolution with stride 1 by the matrices of cook-toom.h: 36 products instead of 144 for four by four results of a 3x3
   * filter, ten instead of 28 for four of a 1x7 one. Writes the output from the filter's transform; the same bits on any
   * number of `threads`. The error is some 1e-6 of the largest result for filters of three and five, up to 1e-5 for seven;
   * that of a sum of products is 2e-7. bfloat16's rounding of results comes on top.
   */
  void (*fastConvolution)(const Convolution& of, const Finish& finish, const Number* input, const float* transformed,
                          Number* output, int threads);

  /**
   * Convolutions with any stride by plain sums of products, from the filters as they were trained; `backward` as below,
   * where with a stride zeros lie between the numbers of a source. The same bits on any number of `threads`. Matrix registers
   * take three products of bfloat16 parts for one of float32, whose error is at most 1.2e-5 of the sum of its terms' sizes,
   * and bfloat16's filters in bfloat16.
   */
  void (*plainConvolution)(const Convolution& of, bool backward, const SideBySide<Number>& maps, int threads);

  /**
   * Writes the gradient of each filter: for each of its places, the sum over all pixels of the outer products of input and
   * `dy`, whose products are exact in bfloat16; matrix registers compute float32's as above. The same to the bit for any
   * number of `threads`.
   */
  void (*filterGradient)(const Convolution& of, const Number* input, const std::vector<Slope<Number>>& slopes, int threads);

  /**
   * The same by the matrices of cook-toom.h, where there are any, and with as many products as `fastConvolution`: float32
   * ones in both. The error is some 1e-6 of the largest gradient.
   */
  void (*fastFilterGradient)(const Convolution& of, const Number* input, const Number* dy, float* gradient, int threads);

  /** The same to the bit for any number of `threads`. */
  void (*batchNorm)(const BatchNorm& norm, const Number* x, const float* scale, const float* offset, Number* y,
                    const Statistics& statistics, int threads);

  /** From the gradient `dy` of y; whether the ReLU let a number through is computed again from x. */
  void (*batchNormGradient)(const BatchNorm& norm, const Number* dy, const Number* x, const float* scale,
                            const float* offset, const float* mean, const float* inverse,
                            const BatchNormGradient<Number>& gradient, int threads);
};

struct KernelSet {
  const char* name;

  /**
   * How many numbers the transform of the filter has; 0 where there are no matrices: only for 3x3, 5x5, and 1x3 and 1x7
   * either way up, with stride 1. The same for each set, as is the transform's layout.
   */
  int64_t (*transformedSize)(const Convolution& of);

  /**
   * Writes the filter's transform. `backward`: the filter is that of another convolution, whose input's gradient `of`
   * computes from its output's: turned by half a turn, with channels and filters exchanged.
   */
  void (*transformFilter)(const Convolution& of, bool backward, const float* filter, float* transformed, int threads);

  /**
   * Writes gradient + decay * weights where `decayed` is not null, and half the sum of the weights' squares and half that of
   * the result's. The gradient's parts follow one another. The same to the bit for any number of `threads`.
   */
  void (*decayedGradient)(const Decay& of, const std::vector<Part>& gradient, const float* weights, float* decayed,
                          float* halfSquares, int threads);

  /**
   * Writes what a step makes of the weights and of what is kept beside them: with g for (gradient + decay * weights) * clip
   * factor, s <- s + (1 - decay) (g^2 - s); m <- momentum * m + rate * g / sqrt(s + epsilon); w <- w - m; and the average
   * moves by `averageRate` of the way to w. `after` may be `before`. The same to the bit for any number of `threads`.
   */
  void (*rmsprop)(const Decay& of, const Rmsprop& step, const std::vector<Part>& gradient, const Kept<const float>& before,
                  const Kept<float>& after, int threads);

  KernelsOf<float> ofFloat32;
  KernelsOf<Bfloat16> ofBfloat16;

  template <class Number>
  const KernelsOf<Number>& of() const {
    if constexpr (sizeof(Number) == sizeof(float)) return ofFloat32;
    else return ofBfloat16;
  }
};

/** The widest that this processor can run; null where it can run none. All sets take the same, and round otherwise. */
const KernelSet* kernelSet();

}  // namespace inception
