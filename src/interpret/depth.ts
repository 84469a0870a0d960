// Learning rates by depth: what the rate of each layer is over the full one.
import type { Layer } from "../network/layer.ts";
import { owners, selected } from "./selection.ts";

/** A factor from each block to the one before it, or layers in the words of `selected` with their rates, of which the last counts. */
export type RateByDepth = number | Readonly<Record<string, number>>;

/** The rate of each variable by its name; undefined where all have the full one. Auxiliary heads count as ends of their own. */
export function ratesByDepth(network: Layer, given: RateByDepth): ((variable: string) => number) | undefined {
  const rates = typeof given === "number" ? descending(network, given) : listed(network, given);
  if ([...rates.values()].every((rate) => rate === 1)) return undefined;
  return (variable) => rates.get(variable.slice(0, variable.lastIndexOf("/"))) ?? 1;
}

function descending(network: Layer, factor: number): Map<string, number> {
  const main = owners(network).filter(({ auxiliary }) => !auxiliary);
  const blocks = [...new Set(main.map(({ path }) => blockOf(path)))];
  return new Map(main.map(({ path }) => [path, factor ** (blocks.length - 1 - blocks.indexOf(blockOf(path)))]));
}

const blockOf = (path: string): string => path.split("/", 1)[0]!;

const listed = (network: Layer, given: Readonly<Record<string, number>>): Map<string, number> =>
  new Map(Object.entries(given).flatMap(([word, rate]) => selected(network, word).map((path) => [path, rate])));
