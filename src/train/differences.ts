// What differs between the experiment that a checkpoint was made with and the one that is to go on with it.
import { type Experiment, experimentSchema } from "../config/schema.ts";

/** May differ between sittings: none of it changes what is computed before the new end. */
const free: ReadonlySet<string> = new Set([
  "name",
  "data.decoders",
  "log.everySteps",
  "checkpoint.keep",
  "checkpoint.everySteps",
]);

/** Dotted keys at which the two differ. Keys that `stored` is too old to have count with their defaults. */
export function differences(stored: unknown, experiment: Experiment): string[] {
  const { data } = experimentSchema.safeParse(stored);
  return differing(data ?? (stored as object), experiment);
}

function differing(before: object, now: object, prefix = ""): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].flatMap((key) => {
    const [a, b] = [(before as Record<string, unknown>)[key], (now as Record<string, unknown>)[key]];
    const path = `${prefix}${key}`;
    if (free.has(path) || JSON.stringify(a) === JSON.stringify(b)) return [];
    return isObject(a) && isObject(b) ? differing(a, b, `${path}.`) : [path];
  });
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
