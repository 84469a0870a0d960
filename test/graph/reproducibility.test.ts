// A compiled step, run again and again from one assigned state, ends in the same state each time.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { openStep, pictures, type Step, smallNetwork } from "./step.ts";

// Strides, pools and width of the real network's kind: another mix of kernels and threads than the smallest one's.
const size = 75;
const network = smallNetwork({ width: 0.125, stemStride: 2, stemPool: true, dropout: 0.2 }, size);

test.each([
  { precision: "float32", times: 20 },
  { precision: "bfloat16", times: 5 },
] as const)("$precision: $times times, every figure and vector to the bit", ({ precision, times }) => {
  const step = openStep(network, {
    size,
    batch: 2,
    precision,
    weightDecay: 4e-5,
    clipNorm: 2,
    optimizer: { name: "rmsprop", decay: 0.9, momentum: 0.9, epsilon: 1 },
    average: true,
  });
  const shown = pictures(2, size, 5);
  const rates = { learningRate: 0.045, averageRate: 0.1, seed: 100 };
  step.initialize(3);
  step.train(shown, rates);
  const start = step.vectors();
  const startBits = bitsOf(step);
  const results = Array.from({ length: times }, () => {
    step.assign(start);
    return { figures: step.train(shown, rates), bits: bitsOf(step) };
  });
  step.close();
  expect(Object.values(results[0]!.figures).every(Number.isFinite)).toBe(true);
  for (const [name, bits] of Object.entries(startBits)) expect(results[0]!.bits[name], name).not.toBe(bits);
  for (const result of results) expect(result).toEqual(results[0]);
});

/** A digest of each vector's bytes, which tell -0 from 0. */
const bitsOf = (step: Step): Record<string, string> =>
  Object.fromEntries(
    [...step.vectors()].map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      createHash("sha256")
        .update(new Uint8Array(buffer, byteOffset, byteLength))
        .digest("hex"),
    ]),
  );
