// How many pictures a batch can have.
import { UserError } from "../errors.ts";

/** Bytes of the pictures of a batch, which are one buffer. */
const mostBatchBytes = 2 ** 31;
const channels = 3;

/** Why there cannot be so many of `size` pixels; undefined where there can. */
export function tooMany(batch: number, size: number): string | undefined {
  const most = Math.floor(mostBatchBytes / (channels * size * size));
  return batch > most ? `expected at most ${most} pictures of ${size} px at a time, got ${batch}` : undefined;
}

/** Throws UserError("usage") that names `--batch` where there are too many. */
export function checkBatch(batch: number, size: number): void {
  const why = tooMany(batch, size);
  if (why !== undefined) throw new UserError("usage", `--batch: ${why}`);
}
