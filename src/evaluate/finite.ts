// A network that gives NaN or infinity has no figures.
import { UserError } from "../errors.ts";
import type { Scores } from "../statistics/scores.ts";

/** Throws UserError("diverged") naming the model and the picture where a logit of the row is not finite. */
export function requireFinite(row: Float32Array, { model, picture }: { model: string; picture: string }): void {
  const bad = row.find((value) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw new UserError("diverged", `${model} gives logits that are not finite (${bad}), first for ${picture}`, {
    hint: "its training has diverged: an earlier checkpoint may be sound; else train again with a lower train.learningRate",
  });
}

/** The same for the logits of all pictures, [pictures, classes]. */
export function requireFiniteScores(model: string, { names, logits }: Pick<Scores, "names" | "logits">): void {
  let at = 0;
  while (at < logits.length && Number.isFinite(logits[at]!)) at++;
  if (at === logits.length) return;
  const classes = logits.length / names.length;
  requireFinite(logits.subarray(at, at + 1), { model, picture: names[Math.floor(at / classes)]! });
}
