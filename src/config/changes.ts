// What differs between two experiments, key by key.
import type { Experiment } from "./schema.ts";

/** `undefined`: the key is not there, as with the keys of another optimizer. */
export type Change = { readonly key: string; readonly before: unknown; readonly after: unknown };

/** None of these changes what is trained. */
const free: ReadonlySet<string> = new Set([
  "name",
  "recipe",
  "data.decoders",
  "train.device",
  "train.compile",
  "data.badImageLimit",
  "evaluate.batch",
  "log.everySteps",
  "log.tensorboard",
  "checkpoint.keep",
  "checkpoint.everySteps",
  "checkpoint.everyMinutes",
]);

/** Every dotted key on which results depend, with its value; lists are values. */
export const settled = (experiment: object): Map<string, unknown> =>
  new Map(flatten(experiment, "").filter(([key]) => !free.has(key)));

/** Without those keys on which no result depends. */
export const changesBetween = (before: object, after: Experiment): Change[] =>
  everyChange(before, after).filter(({ key }) => !free.has(key));

/** Every dotted key that has a value. */
export const everyKey = (experiment: object): string[] => flatten(experiment, "").map(([key]) => key);

export function everyChange(before: object, after: Experiment): Change[] {
  const [a, b] = [new Map(flatten(before, "")), new Map(flatten(after, ""))];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((key) => JSON.stringify(a.get(key)) !== JSON.stringify(b.get(key)))
    .map((key) => ({ key, before: a.get(key), after: b.get(key) }));
}

function flatten(value: object, prefix: string): [string, unknown][] {
  return Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (item === undefined) return [];
    const below = typeof item === "object" && item !== null && !Array.isArray(item);
    return below ? flatten(item, `${prefix}${key}.`) : [[`${prefix}${key}`, item]];
  });
}
