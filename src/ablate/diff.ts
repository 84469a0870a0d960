// How two rows differ, and whether that is what was announced.
import { type Change, changesBetween, settled } from "../config/changes.ts";
import { instead } from "../config/override.ts";
import type { Experiment } from "../config/schema.ts";

/** Seeds are a cell's, not a row's. */
export const changesBetweenRows = (before: Experiment, after: Experiment): Change[] =>
  changesBetween(before, after).filter(({ key }) => key !== "seed");

/** What tells cells apart beside their seed. */
export const settledRow = (experiment: Experiment): [string, unknown][] =>
  [...settled(experiment)].filter(([key]) => key !== "seed");

/**
 * The changes that the keys of `declared` do not account for. Keys that exist only under one of two names (`epsilon` under
 * rmsprop) come and go with a declared name, train.epochs with train.steps; a value that both have may not change silently.
 */
export const undeclared = (changes: readonly Change[], declared: readonly string[]): Change[] =>
  changes.filter((change) => !declared.some((key) => covers(key, change.key) || comesWith(key, change)));

const covers = (key: string, changed: string): boolean =>
  `${changed}.`.startsWith(`${key}.`) || key.startsWith(`${changed}.`);

function comesWith(key: string, { key: changed, before, after }: Change): boolean {
  if (before !== undefined && after !== undefined) return false;
  const section = /^(.*\.)name$/.exec(key)?.[1];
  return instead[key] === changed || (section !== undefined && changed.startsWith(section));
}

/** "train.labelSmoothing 0 -> 0.1". */
export const wordChange = ({ key, before, after }: Change): string => `${key} ${word(before)} -> ${word(after)}`;

const word = (value: unknown): string => {
  if (value === undefined) return "(none)";
  return typeof value === "string" ? value : JSON.stringify(value);
};
