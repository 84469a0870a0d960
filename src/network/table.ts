// One entry for each primitive: a table that leaves one out does not compile.
import type { Primitive } from "./layer.ts";

export type Table<Arguments extends unknown[], Result> = {
  readonly [P in Primitive as P["type"]]: (layer: P, ...rest: Arguments) => Result;
};

/** Applies the table's entry for this layer. */
export function pick<Arguments extends unknown[], Result>(
  table: Table<Arguments, Result>,
  layer: Primitive,
  ...rest: Arguments
): Result {
  // The only cast: the entry and the layer share a type, which TypeScript cannot follow through the index.
  const entry = table[layer.type] as (layer: Primitive, ...rest: Arguments) => Result;
  return entry(layer, ...rest);
}
