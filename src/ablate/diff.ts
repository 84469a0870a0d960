// What differs between two experiments, key by key, and whether that is what was announced.
import type { Experiment } from "../config/schema.ts";

/** `undefined`: the key is not there, as with the keys of another optimizer. */
export type Change = { readonly key: string; readonly before: unknown; readonly after: unknown };

/** None of these changes a result: they do not tell cells apart. */
const free: ReadonlySet<string> = new Set([
  "name",
  "seed",
  "data.decoders",
  "log.everySteps",
  "checkpoint.keep",
  "checkpoint.everySteps",
]);

/** Every dotted key with its value; lists are values. */
export function settled(experiment: Experiment): Map<string, unknown> {
  return new Map(flatten(experiment, "").filter(([key]) => !free.has(key)));
}

export function changesBetween(before: Experiment, after: Experiment): Change[] {
  const [a, b] = [settled(before), settled(after)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((key) => JSON.stringify(a.get(key)) !== JSON.stringify(b.get(key)))
    .map((key) => ({ key, before: a.get(key), after: b.get(key) }));
}

/**
 * The changes that the keys of `declared` do not account for. Keys that exist only under one of two names (`epsilon` under
 * rmsprop) come and go with a declared name, train.epochs with train.steps; a value that both have may not change silently.
 */
export const undeclared = (changes: readonly Change[], declared: readonly string[]): Change[] =>
  changes.filter((change) => !declared.some((key) => covers(key, change.key) || comesWith(key, change)));

const covers = (key: string, changed: string): boolean =>
  `${changed}.`.startsWith(`${key}.`) || key.startsWith(`${changed}.`);

const instead: Readonly<Record<string, string>> = { "train.steps": "train.epochs", "train.epochs": "train.steps" };

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

function flatten(value: object, prefix: string): [string, unknown][] {
  return Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (item === undefined) return [];
    const below = typeof item === "object" && item !== null && !Array.isArray(item);
    return below ? flatten(item, `${prefix}${key}.`) : [[`${prefix}${key}`, item]];
  });
}
