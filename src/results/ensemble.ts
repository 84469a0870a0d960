// Results of several models over the same pictures, as one.
import { UserError } from "../errors.ts";
import { averageModels } from "../evaluate/average.ts";
import type { EvaluationScores, Gains, Saved } from "../evaluate/saved.ts";

/**
 * The mean over models of their means over crops. Networks, sizes and precisions may differ; classes, pictures, protocol and rule may not.
 * Throws UserError("usage") naming the first difference.
 */
export function combine(results: readonly Saved[]): EvaluationScores {
  const [first, ...others] = results;
  if (!first) throw new Error("an ensemble of nothing");
  for (const other of others) requireSame(first, other);
  const { path, gains: _, ...rest } = first;
  const over = (of: (result: EvaluationScores) => Float32Array): Float32Array =>
    averageModels(results.map(of), first.classes.length, first.protocol.average);
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
}
