// Results of several models over the same pictures, as one.
import { UserError } from "../errors.ts";
import { averageModels } from "../evaluate/average.ts";
import { type EvaluationScores, type Gains, otherBytes, type Saved } from "../evaluate/saved.ts";

/**
 * The mean over models of their means over crops, each model weighing the same, be it alone in its result or one of an ensemble's. Networks, sizes
 * and precisions may differ; classes, pictures, protocol and rule may not, and no model may come twice. Throws UserError("usage") naming the first
 * difference.
 */
export function combine(results: readonly Saved[]): EvaluationScores {
  const [first, ...others] = results;
  if (!first) throw new Error("an ensemble of nothing");
  for (const other of others) requireSame(first, other);
  requireOnce(results);
  const { path, gains: _, ...rest } = first;
  const over = (of: (result: EvaluationScores) => Float32Array): Float32Array =>
    averageModels(
      results.map((result) => ({ logits: of(result), models: result.protocol.models.length })),
      first.classes.length,
      first.protocol.average,
    );
  const gains = results.map((result) => result.gains).filter((gain): gain is Gains => gain !== undefined);
  const isComplete = gains.length === results.length && gains.every(({ crops }) => `${crops}` === `${gains[0]!.crops}`);
  return {
    ...rest,
    logits: over(({ logits }) => logits),
    ...(isComplete ? { gains: { crops: gains[0]!.crops, logits: over((result) => result.gains!.logits) } } : {}),
    protocol: { ...first.protocol, models: results.flatMap(({ protocol }) => protocol.models) },
  };
}

/** Throws UserError("usage") naming the first class in which they differ. */
export function requireSameClasses(
  first: Pick<Saved, "path" | "classes">,
  other: Pick<Saved, "path" | "classes">,
): void {
  const length = Math.max(first.classes.length, other.classes.length);
  const at = Array.from({ length }, (_, i) => i).find((i) => first.classes[i] !== other.classes[i]);
  if (at === undefined) return;
  const said = (name: string | undefined): string => (name === undefined ? "none" : `"${name}"`);
  throw new UserError(
    "usage",
    `${other.path}: class ${at + 1} is ${said(other.classes[at])}, expected ${said(first.classes[at])} as in ${first.path}`,
    { hint: "the models of an ensemble must have the same classes" },
  );
}

function requireOnce(results: readonly Saved[]): void {
  const seen = new Map<string, string>();
  for (const { path, protocol } of results)
    for (const { digest, path: model } of protocol.models) {
      const earlier = seen.get(digest);
      if (earlier !== undefined)
        throw new UserError(
          "usage",
          `${path}: the model ${model} is in ${earlier} already, expected every model once`,
          {
            hint: "results are told apart by their logits, not by their names",
          },
        );
      seen.set(digest, path);
    }
}

function requireSame(first: Saved, other: Saved): void {
  requireSameClasses(first, other);
  const differ = (what: string, own: string, expected: string): never => {
    throw new UserError("usage", `${other.path}: ${what} ${own}, expected ${expected} as in ${first.path}`, {
      hint: "only results over the same pictures, with the same crops and rule, can be averaged",
    });
  };
  for (const key of ["crops", "average"] as const)
    if (first.protocol[key] !== other.protocol[key])
      differ(key === "crops" ? "crops" : "average of", other.protocol[key], first.protocol[key]);
  if (first.fingerprint !== other.fingerprint)
    differ("pictures with fingerprint", other.fingerprint.slice(0, 12), first.fingerprint.slice(0, 12));
  const at = first.names.findIndex((name, i) => name !== other.names[i]);
  if (at >= 0 || first.names.length !== other.names.length)
    differ(
      "the pictures that could be read are others:",
      `${other.names.length} with ${other.names[at] ?? "none"}`,
      `${first.names.length} with ${first.names[at] ?? "none"}`,
    );
  const edited = otherBytes(first, other);
  if (edited !== undefined) differ("the file of", `${edited} has other bytes`, "the same");
  const label = first.labels.findIndex((own, i) => own !== other.labels[i]);
  if (label >= 0)
    differ(
      `the label of ${other.names[label]} is`,
      `"${other.classes[other.labels[label]!]}"`,
      `"${first.classes[first.labels[label]!]}"`,
    );
}
