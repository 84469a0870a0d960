// The model that a command works on: the one named, or the newest run's.
import { UserError } from "../errors.ts";
import { type Model, type ModelChoice, openModel } from "../evaluate/model.ts";
import { newestRun } from "../run/folder.ts";
import { note } from "./print.ts";

/** The model at `path`, or that of the newest run, said aloud. */
export function openChosen(path: string | undefined, choice: Omit<ModelChoice, "onBroken">): Model {
  const chosen = path ?? newestRun("runs/train");
  if (chosen === undefined)
    throw new UserError("checkpoint", "there is no run in runs/train to evaluate", {
      hint: "train one: inception train",
    });
  if (path === undefined) note(`evaluating ${chosen}`);
  return openModel(chosen, { ...choice, onBroken: ({ message }) => note(`warning: ${message}`) });
}
