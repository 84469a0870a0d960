// What an experiment that starts from trained weights takes from them where it does not say: the network, its input, its pixels.

import { resolve as absolute, dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Document } from "yaml";
import { findOrigin, importedNames, type Origin, readOrigin } from "../checkpoint/origin.ts";
import { publishedNamed, publishedWords } from "../published/weights.ts";
import { write } from "./fill-in.ts";
import { nearest } from "./nearest.ts";
import type { Values } from "./recipe.ts";
import type { Fault } from "./wording.ts";

/** May differ from the weights': no weight depends on them, or a head's alone, which can start anew. */
const free: ReadonlySet<string> = new Set([
  "network.dropout",
  "network.auxiliaryDropout",
  "network.auxiliary",
  "data.size",
  "data.jpegReduction",
  "evaluate.preset",
  "evaluate.fit",
]);

/**
 * Writes into the document what `train.from` gives, and where that lies; says what contradicts it. Weights that are gone are no
 * matter to a document that says all of this itself, as a run's own does.
 */
export function fillFrom(document: Document, file: string, cwd: string = process.cwd()): Fault[] {
  const written: unknown = document.toJS();
  const at = ["train", "from"];
  const from = valueAt(written, at);
  if (typeof from !== "string") return [];
  const path = findOrigin(from, [absolute(dirname(absolute(cwd, file)), from), absolute(cwd, from)]);
  if (path === undefined)
    return settledKeys.every((key) => valueAt(written, key) !== undefined) ? [] : [notFound(at, from)];
  document.setIn(at, path);
  const values = valuesOf(readOrigin(path));
  const found = contradictions(written, values);
  const name = found.filter(({ path }) => path.join(".") === "network.name");
  // The keys of another network are another's.
  if (name.length > 0) return name;
  write(document, values);
  return found;
}

const settledKeys = [
  ["network", "name"],
  ["data", "size"],
  ["data", "pixels"],
];

function valuesOf({ state }: Origin): Values {
  const { size, preset, fit, jpegReduction, background: _, ...pixels } = state.preprocessing;
  const { classes: __, ...options } = state.network;
  return { network: options, data: { size, jpegReduction, pixels }, evaluate: { preset, fit } };
}

/** Every value that is written otherwise and may not be. */
function contradictions(written: unknown, values: Values, above: readonly string[] = []): Fault[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = [...above, key];
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return contradictions(written, value as Values, path);
    const own = valueAt(written, path);
    if (own === undefined || free.has(path.join(".")) || isDeepStrictEqual(own, value)) return [];
    const [wanted, got] = [value, own].map((one) => JSON.stringify(one));
    const message = `expected ${wanted}, which the weights of train.from were trained with, got ${got}`;
    return [{ path, message, key: false }];
  });
}

function notFound(path: readonly string[], from: string): Fault {
  const published = publishedNamed(from);
  if (published !== undefined)
    return { path, key: false, message: `${from} has not been imported yet: inception weights get ${published.name}` };
  const names = importedNames();
  const known = names.length > 0 ? `; imported: ${names.join(", ")}` : "";
  return {
    path,
    key: false,
    message: `${from} is no run, checkpoint or imported weights${nearest(from, [...names, ...publishedWords()])}${known}`,
  };
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((at, key) => (at === null || typeof at !== "object" ? undefined : Reflect.get(at, key)), value);
