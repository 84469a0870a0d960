// What a training step needs of the machine's memory, foreseen.
import { freemem } from "node:os";
import type { Experiment } from "../config/schema.ts";
import { asTrained } from "../config/train-size.ts";
import { cost } from "../interpret/cost.ts";
import { activationMemory } from "../interpret/memory.ts";
import { buildNetwork } from "../network/catalog.ts";
import { choosePrecision } from "../runtime/features.ts";

/** Of each weight in float32: itself, its gradient, up to two numbers of the optimizer, and the running average. */
const copies = 5;
/** TensorFlow and Node before the first picture, as measured. */
const engine = 500 * 2 ** 20;

/** Bytes at the least: the maps that gradients read, the copies of the weights, the engine; a convolution's scratch space comes on top. */
export function stepMemory(experiment: Experiment, classes: number, batch: number): number {
  const { size } = asTrained(experiment).data;
  const built = buildNetwork({ ...experiment.network, classes }, size);
  const input = { height: size, width: size, channels: 3 };
  const bytes = choosePrecision(experiment.train.precision) === "bfloat16" ? 2 : 4;
  const weights = cost(built, input).training.parameters * 4 * copies;
  return activationMemory(built, input, { batch, bytes }).training + weights + engine;
}

/** Bytes that the system, or this process's share of it, has left; where the system does not say, all that anything needs. */
export const freeMemory = (): number =>
  process.platform === "linux"
    ? Math.min(freemem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
    : Number.POSITIVE_INFINITY;

/** A sentence where a step needs more than the `free` bytes, with the largest micro-batch that does not; undefined where it fits. */
export function memoryWarning(experiment: Experiment, classes: number, free: number): string | undefined {
  const { batch, microBatch, freeze } = experiment.train;
  const needed = (pictures: number): number => stepMemory(experiment, classes, pictures);
  const atOnce = microBatch ?? batch;
  // A frozen trunk keeps hardly any maps.
  if (freeze.length > 0 || needed(atOnce) <= free) return undefined;
  const fitting = divisorsBelow(atOnce).find((pictures) => needed(pictures) <= free);
  const advice = fitting === undefined ? "a smaller network or size needs less" : `set train.microBatch to ${fitting}`;
  return `a step needs at least ${gibibytes(needed(atOnce))} GiB of memory, and ${gibibytes(free)} are free; ${advice}`;
}

/** From the largest on; one picture alone has no batch statistics. */
const divisorsBelow = (batch: number): number[] =>
  Array.from({ length: Math.max(0, batch - 2) }, (_, i) => batch - 1 - i).filter((count) => batch % count === 0);

const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
