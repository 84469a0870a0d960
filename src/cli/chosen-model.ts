// The model that a command works on: the one named, or the newest run's.
import { UserError } from "../errors.ts";
import { type Model, type ModelChoice, openModel } from "../evaluate/model.ts";
import { newestRun } from "../run/folder.ts";
import { note, warn } from "./print.ts";

export type Weights = Omit<ModelChoice, "onBroken">;

/** Where to find the model: `path`, or the newest run, said aloud; undefined where there is none. */
export function choosePath(path: string | undefined): string | undefined {
  const chosen = path ?? newestRun("runs/train", warn);
  if (path === undefined && chosen !== undefined) note(`the newest run: ${chosen}`);
  return chosen;
}

/** A broken checkpoint is passed over with a warning where a run has another. */
export const openAloud = (path: string, weights: Weights): Model => openModel(path, { ...weights, onBroken: warn });

export function openChosen(path: string | undefined, weights: Weights): Model {
  const chosen = choosePath(path);
  if (chosen !== undefined) return openAloud(chosen, weights);
  throw new UserError("checkpoint", "there is no run in runs/train to evaluate", {
    hint: "train one: inception train",
  });
}
