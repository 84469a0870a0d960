// Networks for tests: the two full ones, changed key by key, and every combination of switches.
import fc from "fast-check";
import { auxiliaries, type NetworkOptions, networkNames, stems } from "../../src/network/options.ts";
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

export const v3: NetworkOptions = {
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
export const v2: NetworkOptions = { ...v3, name: "inception-v2", stem: "conv7x7", auxiliary: "conv-norm" };

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

const anyNetwork: fc.Arbitrary<NetworkOptions> = fc.record({
  name: fc.constantFrom(...networkNames),
  classes: fc.integer({ min: 2, max: 2000 }),
  stem: fc.constantFrom(...stems),
  stemStride: fc.constantFrom(1, 2),
  stemPool: fc.boolean(),
  auxiliary: fc.constantFrom(...auxiliaries),
  width: fc.double({ min: 0.05, max: 2, noNaN: true }),
  bnScale: fc.boolean(),
  poolDivisor: fc.constantFrom("valid", "full"),
  dropout: fc.double({ min: 0, max: 1, noNaN: true }),
});

export const anyOptions: fc.Arbitrary<NetworkOptions> = fc
  .tuple(anyNetwork, fc.option(anySwitches, { nil: {} }))
  .map(([network, switches]) => ({ ...network, ...switches }));
