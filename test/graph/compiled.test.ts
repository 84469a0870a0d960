// A step whose kernels TensorFlow's compiler makes is the same step: here it makes them for the processor.
import { readdirSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { batchNorm, chain, conv, dense, dropout, globalPool, relu } from "../../src/network/build.ts";
import { temporaryFolder } from "../runtime/setup/support.ts";
import { distance } from "./run.ts";
import { type OpenedStep, openStep, pictures } from "./step.ts";

const size = 6;
const network = chain({
  conv: conv(4, 3),
  batchNorm: batchNorm(true),
  relu,
  pool: globalPool,
  dropout: dropout(0.5),
  dense: dense(3, 0.5),
});
const opened: OpenedStep[] = [];
afterAll(() => {
  for (const step of opened) step.close();
});
/** TensorFlow reads it once, before its first program. */
const made = temporaryFolder();
process.env.TF_XLA_FLAGS = `--tf_xla_persistent_cache_directory=${made}`;

function taken(compile: boolean) {
  const step = openStep(network, {
    ...{ size, batch: 4, weightDecay: 0.01, average: true, kernels: "tensorflow", compile },
    optimizer: { name: "momentum", momentum: 0.9, nesterov: false },
  });
  opened.push(step);
  step.initialize(1);
  const before = readdirSync(made).length;
  const losses = [1, 2, 3].map((seed) => step.train(pictures(4, size, 3, seed), { learningRate: 0.1, seed }).loss);
  const weights = [...step.read().values()].flatMap(({ data }) => [...data]);
  return { before, losses, weights, after: readdirSync(made).length };
}

test("the same losses and weights to rounding, dropout with them; the start is not compiled", () => {
  const plain = taken(false);
  const compiled = taken(true);
  expect(distance(compiled.losses, plain.losses)).toBeLessThan(1e-6);
  expect(distance(compiled.weights, plain.weights)).toBeLessThan(1e-6);
  expect([plain.after, compiled.before]).toEqual([0, 0]);
  expect(compiled.after).toBeGreaterThan(0);
});
