// Small checkpoints for the tests of saving.
import type { Checkpoint } from "../../src/checkpoint/store.ts";
import { preprocessingSchema } from "../../src/network/preprocessing.ts";
import { networkSchema } from "../../src/network/schema.ts";

/** Every number in it follows from the step, so that a mixture of two checkpoints cannot look right. */
export function makeCheckpoint(step: number): Checkpoint {
  const tensor = (shift: number) => ({
    shape: [2, 3],
    data: Float32Array.from({ length: 6 }, (_, i) => step + shift + i / 7),
  });
  const names = ["Conv2d_1a/conv/weights", "Conv2d_1a/bn/beta"];
  const tensors = (shift: number) => new Map(names.map((name, index) => [name, tensor(shift + index)]));
  return {
    step,
    files: { weights: tensors(0), average: tensors(100), optimizer: tensors(200) },
    state: {
      experiment: { name: "test", seed: 42 },
      network: { ...networkSchema.parse({ name: "inception-v3" }), classes: 2 },
      preprocessing: preprocessingSchema.parse({ preset: "tf", size: 96 }),
      classes: ["cat", "dog"],
      epoch: step,
      batchInEpoch: 0,
      best: null,
    },
  };
}

/** A small seeded generator of numbers in [0, 1). */
export function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
