// A compiled step, run again and again from one assigned state, ends in the same state each time.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { buildNetwork } from "../../src/network/catalog.ts";
import { type OpenedStep, openStep, pictures, smallGoogLeNet, smallNetwork } from "./step.ts";

// Strides, pools and width of the real network's kind: another mix of kernels and threads than the smallest one's.
const size = 75;
const real = { width: 0.125, stemStride: 2, stemPool: true } as const;
const v3 = smallNetwork({ ...real, dropout: 0.2 }, size);
const googLeNet = buildNetwork({ ...smallGoogLeNet, ...real, dropout: 0.4, auxiliaryDropout: 0.7 }, size);

test.each([
  { name: "Inception V3", network: v3, precision: "float32", times: 20 },
  { name: "Inception V3", network: v3, precision: "bfloat16", times: 5 },
  { name: "GoogLeNet", network: googLeNet, precision: "float32", times: 10 },
] as const)("$name, $precision: $times times, every figure and vector to the bit", ({ network, precision, times }) => {
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
  // GoogLeNet has no statistics.
  const changing = Object.entries(startBits).filter(([name]) => start.get(name)!.length > 0);
  for (const [name, bits] of changing) expect(results[0]!.bits[name], name).not.toBe(bits);
  for (const result of results) expect(result).toEqual(results[0]);
});

/** A digest of each vector's bytes, which tell -0 from 0. */
const bitsOf = (step: OpenedStep): Record<string, string> =>
  Object.fromEntries(
    [...step.vectors()].map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      createHash("sha256")
        .update(new Uint8Array(buffer, byteOffset, byteLength))
        .digest("hex"),
    ]),
  );
