// A network of ours under another program's names and in its layouts.
import type { Tensors } from "../checkpoint/safetensors.ts";
import { UserError } from "../errors.ts";
import type { Variable } from "../interpret/parameters.ts";
import type { NetworkOptions } from "../network/options.ts";
import { type ExportFormat, exportFormats } from "../published/choices.ts";
import { toForeign } from "./layouts.ts";
import { entriesOf, variablesIn } from "./names.ts";
import { networkOf, withHeads } from "./network-of.ts";
import { foreignNetworks } from "./sources/all.ts";
import type { ForeignNetwork } from "./sources/source.ts";

export interface Exported {
  readonly foreign: ForeignNetwork;
  readonly tensors: Tensors;
  /** Where that program's network lacks a part of this one or is not quite the same function: a sentence each. */
  readonly warnings: readonly string[];
}

type Weights = ReadonlyMap<string, { readonly data: Float32Array }>;

/** Throws UserError("usage") where that program has no network with these variables. */
export function exportWeights(options: NetworkOptions, size: number, weights: Weights, format: ExportFormat): Exported {
  const foreign = foreignNetworks.find(({ source, network }) => source === format && network.name === options.name);
  if (foreign === undefined) throw new UserError("usage", `${format} has no ${options.name}`, { hint: known });
  const theirs = networkOf(withHeads(foreign.network, foreign.heads ?? "off"), options.classes);
  const expected = variablesIn(theirs, foreign.preprocessing.size);
  const shapes = new Map(expected.map(({ name, shape }) => [name, shape.join("x")]));
  const fits = ({ name, shape }: Variable): boolean => shapes.get(name) === shape.join("x");
  const ours = variablesIn(options, size);
  const [trunk, heads] = [ours.filter(isOfTrunk), ours.filter(({ auxiliary }) => auxiliary)];
  requireTrunk(trunk, expected.filter(isOfTrunk).length, fits, foreign);
  const headsFit = heads.every(fits);
  const tensors = entriesOf(foreign, headsFit ? ours : trunk).map((entry) => {
    const { theirs, shape, layout, variable } = entry!;
    return [theirs, { shape, data: toForeign(layout, weights.get(variable.name)!.data, variable.shape) }] as const;
  });
  return {
    foreign,
    tensors: new Map(tensors),
    warnings: [
      ...(headsFit ? [] : [`the auxiliary heads are left out: those of ${format} are others`]),
      ...functionDifferences(options, theirs).map(
        ({ key, ours, theirs }) => `network.${key} is ${ours} here, and ${theirs} in ${format}`,
      ),
    ],
  };
}

const isOfTrunk = ({ auxiliary }: Variable): boolean => !auxiliary;

function requireTrunk(
  trunk: readonly Variable[],
  count: number,
  fits: (variable: Variable) => boolean,
  { source, name }: ForeignNetwork,
): void {
  const other = trunk.find((variable) => !fits(variable));
  if (other === undefined && trunk.length === count) return;
  const what = other ? `the variable ${other.name} of shape [${other.shape}]` : `${trunk.length} variables`;
  throw new UserError("usage", `this network has ${what}, which ${name} of ${source} has not`, { hint: known });
}

const known = `known: ${foreignNetworks
  .filter(({ source }) => exportFormats.some((format) => format === source))
  .map(({ source, name, network }) => `${source} ${name} (${network.name})`)
  .join(", ")}; docs/weights.md says with which switches`;

/** Keys that say nothing of a trained network's results. */
const ofTraining: ReadonlySet<string> = new Set([
  "auxiliary",
  "auxiliaryDropout",
  "dropout",
  "classes",
  "auxiliaryPool",
]);

function functionDifferences(ours: NetworkOptions, theirs: NetworkOptions) {
  const [a, b] = [Object.entries({ ...theirs, ...ours }), new Map<string, unknown>(Object.entries(theirs))];
  return a
    .filter(([key, value]) => !ofTraining.has(key) && value !== b.get(key))
    .map(([key, value]) => ({ key, ours: String(value), theirs: String(b.get(key)) }));
}
