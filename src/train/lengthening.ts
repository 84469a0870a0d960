// A run that is taken up again with another length than it had.
import type { Checkpoint } from "../checkpoint/store.ts";
import { type Experiment, experimentSchema } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { headSteps, learningRate, runLength } from "./schedule.ts";
import type { Sets } from "./training.ts";

/**
 * What becomes of the learning rate, in words; undefined where the length is the old one. Throws UserError("usage") for fewer steps than have
 * been taken.
 */
export function rateOfOtherLength(
  { step, state }: Pick<Checkpoint, "step" | "state">,
  experiment: Experiment,
  sets: { readonly train: Pick<Sets["train"], "items"> },
): string | undefined {
  const { data: before } = experimentSchema.safeParse(state.experiment);
  if (before === undefined) return undefined;
  const pictures = sets.train.items.length;
  const [was, is] = [before, experiment].map(({ train }) => runLength(train, pictures).steps);
  if (was === is) return undefined;
  if (is! < step)
    throw new UserError(
      "usage",
      `train.${experiment.train.steps === undefined ? "epochs" : "steps"}: expected at least the ${step} steps that the run has taken, got ${is}`,
      {
        hint: "its checkpoints can be evaluated: inception eval <checkpoint>",
      },
    );
  const [old, now] = [before, experiment].map((one) => rateAt(one, pictures, step));
  const steps = `${was} -> ${is} steps`;
  if (old === now) return `${steps}: goes on as it was, ${digits(now!)} at step ${step}`;
  return `${steps}: ${experiment.train.schedule.name} of the new length from step ${step} on, where it is ${digits(now!)} and was ${digits(old!)}`;
}

function rateAt({ train }: Experiment, pictures: number, step: number): number {
  const [{ stepsPerEpoch, steps }, first] = [runLength(train, pictures), headSteps(train, pictures)];
  return learningRate(train, Math.max(0, step - first), { stepsPerEpoch, steps: steps - first });
}

const digits = (rate: number): string => Number(rate.toPrecision(2)).toString();
