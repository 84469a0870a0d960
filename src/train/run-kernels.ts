// Which kernels a run computes with: those of its first start, so that it goes on with the same bits whatever the cache has.
import type { Experiment } from "../config/schema.ts";
import { asTrained } from "../config/train-size.ts";
import { type Kernels, type Pass, passes } from "../graph/kernels.ts";
import { kernelsFor } from "../race/kernels-for.ts";
import { tableIfAny, writeTable } from "../race/table.ts";
import type { RunPaths } from "../run/paths.ts";
import { choosePrecision, vectorsOfKernels } from "../runtime/features.ts";
import { kernelsWish } from "../runtime/kernels.ts";
import { type Sets, treeOf } from "./training.ts";

/** By a word or file that is asked for; else by the table in the run's folder, which the first start writes. */
export async function kernelsOfRun(experiment: Experiment, sets: Sets, folder: RunPaths): Promise<Kernels> {
  if (kernelsWish().by !== "race" || !vectorsOfKernels()) return kernelsOfTraining(experiment, sets);
  const before = tableIfAny(folder.kernels);
  if (before) return before;
  const kernels = await kernelsOfTraining(experiment, sets);
  if (typeof kernels !== "string") writeTable(folder.kernels, kernels);
  return kernels;
}

/** For steps and validations. */
export async function kernelsOfTraining(experiment: Experiment, sets: Sets): Promise<Kernels> {
  const { train, evaluate } = experiment;
  const precision = choosePrecision(train.precision);
  const of = (seen: Experiment, batch: number, ofPasses: readonly Pass[]): Promise<Kernels> => {
    const { size } = seen.data;
    const input = { height: size, width: size, channels: 3 };
    return kernelsFor({ network: treeOf(seen, sets), input, batch, precision, passes: ofPasses });
  };
  const steps = await of(asTrained(experiment), train.microBatch ?? train.batch, passes);
  const validations = await of(experiment, evaluate.batch, ["inference"]);
  return typeof steps === "object" && typeof validations === "object" ? { ...steps, ...validations } : steps;
}
