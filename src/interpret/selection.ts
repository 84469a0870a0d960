// Layers chosen by words: a block, a pattern of names, everything up to a block, or all but the classifiers.
import { fold } from "../network/fold.ts";
import type { Layer, Primitive } from "../network/layer.ts";
import { pick } from "../network/table.ts";
import { variablesOf } from "./parameters.ts";

/** A primitive with weights or statistics of its own, by its position in the tree. */
type Owner = {
  readonly path: string;
  readonly layer: Primitive;
  /** Whether it belongs to an auxiliary head. */
  readonly auxiliary: boolean;
};

/** Every layer that has variables, auxiliary heads included, in the network's order. */
export function owners(network: Layer): Owner[] {
  const found: Omit<Owner, "auxiliary">[] = [];
  const taps: string[] = [];
  fold<void>(network, undefined, {
    primitive: (layer, _input, path) => void (hasVariables(layer) && found.push({ path, layer })),
    concat() {},
    tap: (_output, path) => void taps.push(path),
  });
  return found.map((owner) => ({ ...owner, auxiliary: taps.some((tap) => owner.path.startsWith(`${tap}/`)) }));
}

export const hasVariables = (layer: Primitive): boolean =>
  pick(variablesOf, layer, { height: 1, width: 1, channels: 1 }).length > 0;

/** Positions of the classifiers: the dense layer of the network and of each auxiliary head. */
export const classifiers = (network: Layer): string[] =>
  owners(network).flatMap(({ path, layer }) => (layer.type === "dense" ? [path] : []));

/** The dense layer at the network's own end. */
export const mainClassifier = (network: Layer): string => classifiers(network).at(-1)!;

/** The network's first-level layers that have variables, in order: `Conv2d_1a_7x7`, ..., `Logits`. */
export const blocks = (network: Layer): string[] => [
  ...new Set(owners(network).map(({ path }) => path.split("/", 1)[0]!)),
];

/**
 * Positions of the layers with variables that a word means; none where it means nothing. `trunk`: all but the
 * classifiers. `through Mixed_5d`: the block and all before it. Anything else is the name of a block or layer, or a
 * pattern of names, `*` for any part of a name and `**` for any part of a position; it takes all that lies below.
 */
export function selected(network: Layer, word: string): string[] {
  const paths = owners(network).map(({ path }) => path);
  if (word === "trunk") {
    const left = classifiers(network);
    return paths.filter((path) => !left.includes(path));
  }
  const last = /^through\s+(\S+)$/.exec(word)?.[1];
  if (last === undefined) return paths.filter(below(word));
  const end = paths.findLastIndex(below(last));
  return paths.slice(0, end + 1);
}

/** Whether a position is one that the pattern names, or lies below one. */
function below(pattern: string): (path: string) => boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => ({ "**": ".*", "*": "[^/]*" })[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("");
  const named = new RegExp(`^${source}(/|$)`);
  return (path) => named.test(path);
}
