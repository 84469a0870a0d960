// `--allow-drift`: what of a resumed run need not be as it was.
import { everyKey } from "../config/changes.ts";
import { nearest } from "../config/nearest.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { type Drift, pictures } from "../run/drift.ts";

/** Throws UserError("usage") for what is neither a key of the experiment nor its pictures. */
export function readDrift(words: readonly string[], experiment: Experiment): Drift {
  const known = [pictures, ...everyKey(experiment)];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown === undefined) return new Set(words);
  throw new UserError(
    "usage",
    `--allow-drift: expected a key of the experiment or "${pictures}", got "${unknown}"${nearest(unknown, known)}`,
  );
}
