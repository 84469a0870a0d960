// Networks for tests: the two full ones, changed key by key, and every combination of switches.
import fc from "fast-check";
import {
  auxiliaryPools,
  earlyPaddings,
  type GoogLeNetSwitches,
  googLeNetNorms,
  lastPools,
  stemNorms,
  wideKernels,
} from "../../src/network/early-switches.ts";
import {
  auxiliaries,
  auxiliaryPairs,
  type BnInceptionOptions,
  earlyStems,
  type GoogLeNetOptions,
  type InceptionV3Options,
  type NetworkOptions,
  projections,
  stems,
} from "../../src/network/options.ts";
import {
  activations,
  blocks8,
  blocks17,
  blocks35,
  reductionGrids,
  reductionPools,
  reductions,
  type Switches,
} from "../../src/network/switches.ts";

export const v3: InceptionV3Options = {
  name: "inception-v3",
  classes: 1000,
  stem: "conv3x3x3",
  stemStride: 2,
  stemPool: true,
  auxiliary: "bn",
  width: 1,
  bnScale: true,
  poolDivisor: "valid",
  dropout: 0.2,
};
export const v2: InceptionV3Options = { ...v3, name: "inception-v2", stem: "conv7x7", auxiliary: "conv-norm" };

export const googLeNet: GoogLeNetOptions = {
  name: "googlenet",
  classes: 1000,
  stem: "conv7x7",
  stemStride: 2,
  stemPool: true,
  auxiliary: "both",
  width: 1,
  dropout: 0.4,
  auxiliaryDropout: 0.7,
};
export const bnInception: BnInceptionOptions = {
  name: "bn-inception",
  classes: 1000,
  stem: "conv7x7-separable",
  poolProj4cd: 96,
  stemStride: 2,
  stemPool: true,
  width: 1,
  bnScale: true,
  poolDivisor: "valid",
  dropout: 0,
};

export const square = (size: number) => ({ height: size, width: size, channels: 3 });

export const anySwitches: fc.Arbitrary<Switches> = fc.record({
  reduction: fc.constantFrom(...reductions),
  reductionAt: fc.constantFrom(...reductionGrids),
  reductionPool: fc.constantFrom(...reductionPools),
  factorActivation: fc.constantFrom(...activations),
  reduceActivation: fc.constantFrom(...activations),
  block35: fc.constantFrom(...blocks35),
  block17: fc.constantFrom(...blocks17),
  block8: fc.constantFrom(...blocks8),
  nBlocks35: fc.integer({ min: 1, max: 4 }),
  nBlocks17: fc.integer({ min: 1, max: 5 }),
  nBlocks8: fc.integer({ min: 1, max: 3 }),
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const shared = {
  classes: fc.integer({ min: 2, max: 2000 }),
  stemStride: fc.constantFrom(1 as const, 2 as const),
  stemPool: fc.boolean(),
  width: fc.double({ min: 0.05, max: 2, noNaN: true }),
  dropout: share,
};
const normed = { bnScale: fc.boolean(), poolDivisor: fc.constantFrom("valid" as const, "full" as const) };

const anyTrunk: fc.Arbitrary<InceptionV3Options> = fc.record({
  name: fc.constantFrom("inception-v2", "inception-v3"),
  stem: fc.constantFrom(...stems),
  auxiliary: fc.constantFrom(...auxiliaries),
  ...shared,
  ...normed,
});

/** Inception-v2 and v3, with the released switches or any others. */
export const anyOptions: fc.Arbitrary<InceptionV3Options> = fc
  .tuple(anyTrunk, fc.option(anySwitches, { nil: {} }))
  .map(([options, switches]) => ({ ...options, ...switches }));
const anyGoogLeNetSwitches: fc.Arbitrary<GoogLeNetSwitches> = fc.record({
  norm: fc.constantFrom(...googLeNetNorms),
  wideKernel: fc.constantFrom(...wideKernels),
  lastPool: fc.constantFrom(...lastPools),
  padding: fc.constantFrom(...earlyPaddings),
  auxiliaryPool: fc.constantFrom(...auxiliaryPools),
});
const anyGoogLeNet: fc.Arbitrary<GoogLeNetOptions> = fc
  .tuple(
    fc.record({
      name: fc.constant("googlenet" as const),
      stem: fc.constantFrom(...earlyStems),
      auxiliary: fc.constantFrom(...auxiliaryPairs),
      auxiliaryDropout: share,
      ...shared,
    }),
    fc.option(anyGoogLeNetSwitches, { nil: {} }),
  )
  .map(([options, switches]) => ({ ...options, ...switches }));
const anyBnInception: fc.Arbitrary<BnInceptionOptions> = fc.record({
  name: fc.constant("bn-inception"),
  stem: fc.constantFrom(...earlyStems),
  poolProj4cd: fc.constantFrom(...projections),
  stemNorm: fc.constantFrom(...stemNorms),
  ...shared,
  ...normed,
});
/** Every network of the catalog. */
export const anyNetwork: fc.Arbitrary<NetworkOptions> = fc.oneof(anyOptions, anyGoogLeNet, anyBnInception);
