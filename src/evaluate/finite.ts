// A network that gives NaN or infinity has no figures.
import { firstNotFinite } from "../checkpoint/suitable.ts";
import { UserError } from "../errors.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { Scores } from "../statistics/scores.ts";

/** Throws UserError("diverged") naming the model and the picture where a logit of the row is not finite. */
export function requireFinite(row: Float32Array, { model, picture }: { model: string; picture: string }): void {
  const bad = row.find((value) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw diverged(`${model} gives logits that are not finite (${bad}), first for ${picture}`);
}

/**
 * The same for weights: a ReLU makes zero of what is not a number, so that logits alone would not show it. `used`: what the network computes with,
 * float32 after batch norms were folded.
 */
export function requireFiniteWeights(model: string, weights: NamedTensors, used: Uint8Array): void {
  const values = new Float32Array(used.buffer, used.byteOffset, used.byteLength / Float32Array.BYTES_PER_ELEMENT);
  if (allFinite(values)) return;
  const [name] = [...weights].find(([, { data }]) => !allFinite(data)) ?? [];
  const where = name === undefined ? "once batch norms are folded into its convolutions" : `first in ${name}`;
  throw diverged(`${model} has weights that are not finite, ${where}`);
}

export const allFinite = (values: ArrayLike<number>): boolean => firstNotFinite(values) === values.length;

const diverged = (message: string): UserError =>
  new UserError("diverged", message, {
    hint: "its training has diverged: an earlier checkpoint may be sound; else train again with a lower train.learningRate",
  });

/** The same for the logits of all pictures, [pictures, classes]. */
export function requireFiniteScores(model: string, { names, logits }: Pick<Scores, "names" | "logits">): void {
  const at = firstNotFinite(logits);
  if (at === logits.length) return;
  const classes = logits.length / names.length;
  requireFinite(logits.subarray(at, at + 1), { model, picture: names[Math.floor(at / classes)]! });
}
