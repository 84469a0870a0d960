// The experiment that a checkpoint was made with, as one that this version knows.
import { issueWords } from "../checkpoint/json.ts";
import type { CheckpointState } from "../checkpoint/state.ts";
import { UserError } from "../errors.ts";
import { batchFits } from "./rules.ts";
import { type Experiment, experimentSchema } from "./schema.ts";

/** Undefined for weights from elsewhere. `path` is the checkpoint's. Throws UserError("checkpoint") for what is no experiment. */
export function experimentIn({ experiment }: CheckpointState, path: string): Experiment | undefined {
  if (experiment === undefined) return undefined;
  const { data, error } = experimentSchema.safeParse(experiment);
  if (data === undefined) throw unknown(path, issueWords(error.issues[0]!));
  for (const { path: key, message } of batchFits(data)) throw unknown(path, `${key}: ${message}`);
  return data;
}

const unknown = (path: string, problem: string): UserError =>
  new UserError("checkpoint", `${path} was made with an experiment that is none: ${problem}`, {
    hint: "perhaps another version of inception made it; train.from takes its weights alone",
  });
