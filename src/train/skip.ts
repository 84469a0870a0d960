// Steps that are skipped: their figures are not finite, so nothing of the state has changed, and the run goes on to the next one.
import { diverged, firstNotFinite } from "./divergence.ts";
import type { MicroBatch, StepFigures } from "./trainer.ts";
import type { Position, Skipped, Training } from "./training.ts";

/**
 * Steps skipped so far, the one with these figures included; undefined where there are none. Throws UserError("diverged") where this one may
 * not be: it would be one too many, or weights are not finite, which no other picture mends.
 */
export async function skippedWith(
  { experiment, trainer, variables }: Pick<Training, "experiment" | "trainer" | "variables">,
  { step, skipped }: Position,
  figures: StepFigures,
  { given, names }: { readonly given: readonly MicroBatch[]; readonly names: readonly string[] },
): Promise<Skipped | undefined> {
  if (Object.values(figures).every(Number.isFinite)) return skipped && { ...skipped, inRow: 0 };
  const { onDivergence } = experiment.train;
  const held = firstNotFinite(await trainer.save(), variables);
  const now = { inRow: (skipped?.inRow ?? 0) + 1, total: (skipped?.total ?? 0) + 1 };
  const isSkipped = onDivergence.name === "skip-batch" && held === undefined;
  if (isSkipped && now.inRow <= onDivergence.inRow && now.total <= onDivergence.total) return now;
  const overflow = held === undefined ? await trainer.firstOverflow(given) : undefined;
  const first = held ?? (overflow && `${overflow} (what it gives)`);
  throw diverged({ step: step + 1, what: "gave a loss or gradient that is not finite", first, names, skipped });
}
