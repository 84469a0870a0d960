// How many threads this process computes and decodes with.
import { availableParallelism } from "node:os";
import { UserError } from "../errors.ts";

/** Commands set it from `--threads`, and a process that is started inherits it. */
export const threadsVariable = "INCEPTION_THREADS";
export const mostThreads = 9999;

/** One for each core unless INCEPTION_THREADS says another number. Throws UserError("usage") when that is none. */
export function threads(): number {
  const wish = process.env[threadsVariable];
  if (!wish) return availableParallelism();
  if (/^[1-9]\d*$/.test(wish) && Number(wish) <= mostThreads) return Number(wish);
  throw new UserError(
    "usage",
    `${threadsVariable}: expected a whole number from 1 to ${mostThreads}, got ${JSON.stringify(wish)}`,
  );
}
