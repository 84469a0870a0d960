// What is wrong with a run's pictures: those left out because they could not be read, and those that are there twice.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { groupsOf } from "../images/duplicates.ts";
import { readPicture } from "../images/source-lost.ts";
import type { Item, ItemSource } from "../images/sources/listing.ts";
import { readRejected } from "../run/rejected.ts";
import type { Sets } from "../train/training.ts";

export interface Faults {
  /** Pictures that training left out. */
  readonly unreadable: number;
  /** Undefined where they were not looked for. */
  readonly copies: Copies | undefined;
}

/** Pictures of the same bytes as another one: all of them but the first, and those with one in the other half. */
export type Copies = { readonly pictures: number; readonly across: number };

/** Among more pictures copies are left to `inception data check`. */
const most = 20_000;

/** `rejected`: the run's list of pictures left out. Pictures that are gone are passed over. */
export async function faultsOf({ train, validation }: Sets, rejected: string): Promise<Faults> {
  const items = [...train.items, ...validation.items];
  const unreadable = readRejected(rejected).length;
  if (items.length > most) return { unreadable, copies: undefined };
  const sizes = await Promise.all(items.map(({ source }) => sizeOf(source).catch(() => 0)));
  const alike = groupsOf(sizes).flatMap((group) => (sizes[group[0]!]! > 0 ? group : []));
  const hashes = new Map<number, string>();
  for (const i of alike) hashes.set(i, await hashOf(items[i]!).catch(() => `unread ${i}`));
  const groups = groupsOf(alike.map((i) => hashes.get(i)!)).map((group) => group.map((at) => alike[at]!));
  const isTraining = (i: number): boolean => i < train.items.length;
  return {
    unreadable,
    copies: {
      pictures: groups.reduce((sum, group) => sum + group.length - 1, 0),
      across: groups
        .filter((group) => group.some(isTraining) && !group.every(isTraining))
        .reduce((sum, group) => sum + group.filter((i) => !isTraining(i)).length, 0),
    },
  };
}

const sizeOf = async (source: ItemSource): Promise<number> =>
  "bytes" in source ? source.bytes.length : "file" in source ? (await stat(source.file)).size : source.length;

const hashOf = async ({ source }: Item): Promise<string> =>
  createHash("sha256")
    .update(await readPicture(source))
    .digest("hex");
