// Keeps the value of a reading at every primitive and every concat, in order, by path.
import { fold, type Reading } from "../network/fold.ts";
import type { Layer } from "../network/layer.ts";

export function record<Value>(
  network: Layer,
  input: Value,
  reading: Pick<Reading<Value>, "primitive" | "concat">,
): Map<string, Value> {
  const values = new Map<string, Value>();
  const keep = (path: string, value: Value): Value => {
    values.set(path, value);
    return value;
  };
  fold(network, input, {
    primitive: (layer, from, path) => keep(path, reading.primitive(layer, from, path)),
    concat: (branches, path) => keep(path, reading.concat(branches, path)),
    tap: () => {},
  });
  return values;
}

/** The last value of each stage: what comes out of it. */
export const atStages = <Value>(values: ReadonlyMap<string, Value>): Map<string, Value> =>
  new Map([...values].map(([path, value]) => [stageOf(path), value]));

/** The first name of a path: `Mixed_5b` of `Mixed_5b/b5x5/1/conv`. */
export const stageOf = (path: string): string => path.split("/", 1)[0]!;
