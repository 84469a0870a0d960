// A share of a whole that several machines work on, as in `--shard 3/16`.
import { UserError } from "../errors.ts";

export type Shard = { readonly part: number; readonly of: number };

/** "2/8" as the second of eight shares. Throws UserError("usage") for what is none. */
export function readShard(text: string): Shard {
  const [, part, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (part && of && part <= of) return { part, of };
  throw new UserError("usage", `--shard: expected a share such as 2/8, got ${JSON.stringify(text)}`);
}

/** Pictures `first` to `end` - 1. */
export type Stretch = { readonly first: number; readonly end: number };

/**
 * The pictures of a shard: a stretch that begins where a batch of every model does, so that each picture has the place in a batch that it has in
 * one pass. `batches` are the models' crops at a time. Throws UserError("usage") where there are more shards than such stretches.
 */
export function stretchOf({ part, of }: Shard, pictures: number, crops: number, batches: readonly number[]): Stretch {
  const step = batches.map((batch) => batch / greatestDivisor(batch, crops)).reduce(leastMultiple, 1);
  const stretches = Math.ceil(pictures / step);
  if (of > stretches)
    throw new UserError(
      "usage",
      `--shard ${part}/${of}: ${pictures} pictures make ${stretches} whole batches, expected no more shards than these`,
      { hint: `at most --shard 1/${stretches}, or a smaller --batch` },
    );
  const border = (number: number): number => Math.min(pictures, step * Math.floor((number * stretches) / of));
  return { first: border(part - 1), end: border(part) };
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));
const leastMultiple = (a: number, b: number): number => (a / greatestDivisor(a, b)) * b;
