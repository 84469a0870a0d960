#include "../kernel-set.h"

#include "amx-convolution.h"
#include "amx-filter-gradient.h"
#include "batch-norm.h"
#include "decayed-gradient.h"
#include "fast-convolution.h"
#include "fast-filter-gradient.h"
#include "filter-gradient.h"
#include "plain-convolution.h"
#include "rmsprop.h"

#define NAME_OF(set) #set
#define NAME(set) NAME_OF(set)

namespace inception::INCEPTION_SET {
namespace {

template <class Number>
constexpr KernelsOf<Number> kernels = {fastConvolution<Number>,    plainConvolution<Number>, filterGradient<Number>,
                                       fastFilterGradient<Number>, batchNorm<Number>,        batchNormGradient<Number>};

}  // namespace

extern const KernelSet set = {NAME(INCEPTION_SET), transformedSize, transformFilter,  decayedGradient,
                              rmsprop,             kernels<float>,  kernels<Bfloat16>};

#if INCEPTION_LANES == 16
template <class Number>
constexpr KernelsOf<Number> kernelsWithMatrices = {
    fastConvolution<Number>,    amxConvolution<Number>, amxFilterGradient<Number>,
    fastFilterGradient<Number>, batchNorm<Number>,      batchNormGradient<Number>};

extern const KernelSet setWithMatrices = {
    "amx",   transformedSize, transformFilter, decayedGradient, rmsprop, kernelsWithMatrices<float>,
    kernelsWithMatrices<Bfloat16>};
#endif

}  // namespace inception::INCEPTION_SET
