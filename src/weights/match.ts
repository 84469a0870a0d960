// A file's tensors against the names that a network's should have: every one accounted for.
import type { NetworkOptions } from "../network/options.ts";
import type { ForeignFile, ForeignTensor } from "./foreign.ts";
import { type Entry, entriesOf, variablesIn } from "./names.ts";
import { networkOf, withHeads } from "./network-of.ts";
import type { ForeignNetwork } from "./sources/source.ts";

export interface Match {
  readonly foreign: ForeignNetwork;
  /** With the classes and auxiliary heads that the file has. */
  readonly options: NetworkOptions;
  readonly size: number;
  readonly matched: readonly (Entry & { readonly name: string; readonly tensor: ForeignTensor })[];
  /** Ours that the file lacks. */
  readonly missing: readonly Entry[];
  readonly wrongShape: readonly (Entry & { readonly name: string; readonly found: readonly number[] })[];
  /** Names in the file that are none of ours. */
  readonly leftOver: readonly string[];
  /** Left over as well, but of no use to the network. */
  readonly ignored: readonly { readonly what: string; readonly names: readonly string[] }[];
}

/** Reads the file as this network. `classes` counts where the file has no classifier. */
export function matchNetwork(foreign: ForeignNetwork, file: ForeignFile, size: number, classes = 1000): Match {
  const found = foundBy(foreign, file);
  const tensorOf = (theirs: string): ForeignTensor | undefined => file.tensors.get(found.get(theirs) ?? "");
  const options = optionsIn(foreign, tensorOf, classes);
  const ours = variablesIn(options, size);
  const entries = entriesOf(foreign, ours).map((entry, i) => {
    if (entry === undefined) throw new Error(`${foreign.source} has no name for ${ours[i]!.name}`);
    return entry;
  });
  const there = entries.flatMap((entry) => {
    const tensor = tensorOf(entry.theirs);
    return tensor === undefined ? [] : [{ ...entry, tensor, name: found.get(entry.theirs)! }];
  });
  const used = new Set(there.map(({ name }) => name));
  const others = [...file.tensors.keys()].filter((name) => !used.has(name));
  const ignored = foreign.ignored
    .map(({ what, names }) => ({ what, names: others.filter((name) => names.test(name)) }))
    .filter(({ names }) => names.length > 0);
  const passedOver = new Set(ignored.flatMap(({ names }) => names));
  const fits = ({ shape, tensor }: (typeof there)[number]): boolean => sameButOnes(shape, tensor.shape);
  return {
    foreign,
    options,
    size,
    matched: there.filter(fits),
    missing: entries.filter(({ theirs }) => tensorOf(theirs) === undefined),
    wrongShape: there.filter((one) => !fits(one)).map(({ tensor, ...one }) => ({ ...one, found: tensor.shape })),
    leftOver: others.filter((name) => !passedOver.has(name)),
    ignored,
  };
}

export const isWhole = ({ missing, wrongShape, leftOver }: Match): boolean =>
  missing.length + wrongShape.length + leftOver.length === 0;

/** The names in the file by those that the table has. */
function foundBy({ canonical }: ForeignNetwork, { tensors }: ForeignFile): ReadonlyMap<string, string> {
  const names = [...tensors.keys()];
  const known = canonical?.(names, (name) => tensors.get(name)!.shape.length === 2) ?? new Map<string, string>();
  return new Map(names.map((name) => [known.get(name) ?? name, name]));
}

/** The switches of which the file's tensors tell the value. */
function optionsIn(
  foreign: ForeignNetwork,
  tensorOf: (theirs: string) => ForeignTensor | undefined,
  classes: number,
): NetworkOptions {
  const { network, heads, preprocessing } = foreign;
  const widest = networkOf(withHeads(network, heads ?? "off"), classes);
  const entries = entriesOf(foreign, variablesIn(widest, preprocessing.size)).filter((entry) => entry !== undefined);
  const isThere = ({ theirs }: Entry): boolean => tensorOf(theirs) !== undefined;
  const auxiliary = entries.some((entry) => entry.variable.auxiliary && isThere(entry)) ? heads! : "off";
  const bias = entries.find(({ variable }) => variable.name === "Logits/dense/bias")!;
  const count = tensorOf(bias.theirs)?.shape.at(-1) ?? classes;
  return networkOf(withHeads(network, auxiliary), count);
}

/**
 * Sides of one more or less change no number's place: Caffe's old blobs have four sides, a 1x1 kernel may be a matrix. With as many
 * sides they say which is which: a kernel of 1x7 is none of 7x1.
 */
function sameButOnes(a: readonly number[], b: readonly number[]): boolean {
  const sides = (shape: readonly number[]) => (a.length === b.length ? shape : shape.filter((side) => side !== 1));
  return sides(a).join() === sides(b).join();
}
