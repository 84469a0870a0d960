// What a training step needs of the machine's memory, foreseen.
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

/** Bytes that a step needs at the least, as its micro-batch is and with the largest one that fits; null where none does. */
export type StepForesight = { readonly pictures: number; readonly needed: number; readonly fitting: number | null };

/** What a step needs of the `free` bytes; undefined with a frozen trunk, which keeps hardly any maps. */
export function foreseeStep(experiment: Experiment, classes: number, free: number): StepForesight | undefined {
  const { batch, microBatch, freeze } = experiment.train;
  if (freeze.length > 0) return undefined;
  const needed = (pictures: number): number => stepMemory(experiment, classes, pictures);
  const pictures = microBatch ?? batch;
  const fitting = [pictures, ...divisorsBelow(pictures)].find((fewer) => needed(fewer) <= free) ?? null;
  return { pictures, needed: needed(pictures), fitting };
}

/** A sentence where a step needs more than the `free` bytes, with the largest micro-batch that does not; undefined where it fits. */
export function memoryWarning(experiment: Experiment, classes: number, free: number): string | undefined {
  const step = foreseeStep(experiment, classes, free);
  if (step === undefined || step.fitting === step.pictures) return undefined;
  return `a step needs at least ${gibibytes(step.needed)} GiB of memory, and ${gibibytes(free)} are free; ${toFit(step)}`;
}

/** What makes a step fit that does not. */
export const toFit = ({ fitting }: Pick<StepForesight, "fitting">): string =>
  fitting === null ? "a smaller network or size needs less" : `set train.microBatch to ${fitting}`;

/** From the largest on; one picture alone has no batch statistics. */
const divisorsBelow = (batch: number): number[] =>
  Array.from({ length: Math.max(0, batch - 2) }, (_, i) => batch - 1 - i).filter((count) => batch % count === 0);

const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
