// Results of models with a background class in front (1001 classes for ImageNet's 1000), without it.
import { type Listing, type Matching, matchClasses } from "../images/sources/source.ts";
import { withoutBackground } from "../statistics/scores.ts";
import type { Saved } from "./saved.ts";

/** The listing with its labels numbered as in the model's classes, of which the first has no pictures. Throws UserError("data"). */
export function matchForeground(listing: Listing, classes: readonly string[], matching: Matching = {}): Listing {
  const matched = matchClasses(listing, classes.slice(1), matching);
  return { ...matched, classes, items: matched.items.map((item) => ({ ...item, label: item.label + 1 })) };
}

/** The result over the other classes, in all that it holds. */
export function dropBackground(saved: Omit<Saved, "path">): Omit<Saved, "path"> {
  const { gains, names, labels } = saved;
  const dropped = { ...saved, ...withoutBackground(saved), protocol: { ...saved.protocol, background: true } };
  if (!gains) return dropped;
  // One row for each picture and subset: as many pictures as it takes for the same operation.
  const rows = names.flatMap((name) => gains.crops.map(() => name));
  const repeated = Int32Array.from(rows, (_, i) => labels[Math.floor(i / gains.crops.length)]!);
  const { logits } = withoutBackground({ ...saved, names: rows, labels: repeated, logits: gains.logits });
  return { ...dropped, gains: { ...gains, logits } };
}

/** One picture's logits, of which the background's is less than any: a probability of zero, in the same places. */
export const foreground = (row: Float32Array): Float32Array =>
  row.map((logit, i) => (i === 0 ? Number.NEGATIVE_INFINITY : logit));
