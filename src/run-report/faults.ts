// What is wrong with a run's pictures: those left out because they could not be read, and those that are there twice.
import { groupsOf } from "../images/duplicates.ts";
import { bytesOf, hashOf, mostCompared } from "../images/same-pictures.ts";
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

/** Among many pictures copies are left to `inception data check`. `rejected`: the run's list of pictures left out. Pictures that are gone are passed over. */
export async function faultsOf({ train, validation }: Sets, rejected: string): Promise<Faults> {
  const items = [...train.items, ...validation.items];
  const unreadable = readRejected(rejected).length;
  if (items.length > mostCompared) return { unreadable, copies: undefined };
  const sizes = await Promise.all(items.map(({ source }) => bytesOf(source)));
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
