// A network as evaluation computes it: no auxiliary heads, no dropout, and batch norm folded into the convolution before it.
import { fold } from "../network/fold.ts";
import type { Layer, Primitive } from "../network/layer.ts";
import { kept, type Rewriting, rewrite } from "../network/rewrite.ts";

/** A convolution and what alone reads it: their paths, and the second. */
export type Pair<Type extends Primitive["type"]> = {
  readonly convolution: string;
  readonly path: string;
  readonly layer: Extract<Primitive, { readonly type: Type }>;
};

export interface FoldedNetwork {
  /** With a bias where a batch norm was that could be folded. Any other norm stays. */
  readonly network: Layer;
  /** The norms that were folded. */
  readonly norms: readonly Pair<"batchNorm">[];
}

/** A batch norm is folded where nothing but it reads what a convolution gives. Folded once more, a network stays as it is. */
export function foldedNetwork(network: Layer): FoldedNetwork {
  const bare = rewrite(network, withoutTraining);
  const norms = pairsWith(bare, "batchNorm");
  const paths = new Set(norms.map(({ path }) => path));
  const toBias: Rewriting = {
    primitive: (layer, path) => (paths.has(path) ? { type: "bias" } : layer),
    chain: kept,
    concat: kept,
    tap: kept,
  };
  return { network: rewrite(bare, toBias), norms };
}

const nothing: Layer = { type: "chain", children: {} };

const withoutTraining: Rewriting = {
  primitive: (layer) => (layer.type === "dropout" ? nothing : layer),
  chain: kept,
  concat: kept,
  tap: () => nothing,
};

/** A map, the convolution that it comes straight from, and how many layers read it. */
type Read = { readonly convolution?: string; readers: number };

/** Every layer of this type that reads a convolution which nothing else reads. */
export function pairsWith<Type extends Primitive["type"]>(network: Layer, type: Type): Pair<Type>[] {
  const found: (Pair<Type> & { readonly map: Read })[] = [];
  const isOfType = (layer: Primitive): layer is Pair<Type>["layer"] => layer.type === type;
  fold<Read>(
    network,
    { readers: 0 },
    {
      primitive(layer, map, path) {
        map.readers++;
        if (isOfType(layer) && map.convolution !== undefined)
          found.push({ convolution: map.convolution, path, layer, map });
        return isConvolution(layer) ? { convolution: path, readers: 0 } : { readers: 0 };
      },
      concat: join,
      tap() {},
    },
  );
  return found.filter(({ map }) => map.readers === 1).map(({ map, ...pair }) => pair as unknown as Pair<Type>);
}

function join(branches: readonly Read[]): Read {
  for (const map of branches) map.readers++;
  return { readers: 0 };
}

const isConvolution = ({ type }: Primitive): boolean => type === "conv" || type === "depthwise";
