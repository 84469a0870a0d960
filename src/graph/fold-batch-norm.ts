// Batch norm folded into the convolution before it: another tree, and the weights that go with it.
import { fold } from "../network/fold.ts";
import type { Layer, Primitive } from "../network/layer.ts";
import { kept, type Rewriting, rewrite } from "../network/rewrite.ts";
import type { NamedTensors } from "./state.ts";

export interface Folded {
  /** Without auxiliary heads and dropout; a bias where a batch norm was that could be folded. Any other norm stays. */
  readonly network: Layer;
  /** Its weights from those of the network as trained. */
  weights(trained: NamedTensors): NamedTensors;
}

/** A batch norm is folded where nothing but it reads what a convolution gives. */
export function foldBatchNorm(network: Layer): Folded {
  const bare = rewrite(network, withoutTraining);
  const pairs = normalizedConvolutions(bare);
  const norms = new Set(pairs.map(({ norm }) => norm));
  const toBias: Rewriting = {
    primitive: (layer, path) => (norms.has(path) ? { type: "bias" } : layer),
    chain: kept,
    concat: kept,
    tap: kept,
  };
  return { network: rewrite(bare, toBias), weights: (trained) => foldWeights(pairs, trained) };
}

const nothing: Layer = { type: "chain", children: {} };

const withoutTraining: Rewriting = {
  primitive: (layer) => (layer.type === "dropout" ? nothing : layer),
  chain: kept,
  concat: kept,
  tap: () => nothing,
};

type Convolution = Extract<Primitive, { type: "conv" | "depthwise" }>;
type BatchNorm = Extract<Primitive, { type: "batchNorm" }>;
/** Paths of the two, and the norm. */
type Pair = { readonly convolution: string; readonly norm: string; readonly layer: BatchNorm };
/** A map, the convolution that it comes straight from, and how many layers read it. */
type Read = { readonly convolution?: string; readers: number };

function normalizedConvolutions(network: Layer): Pair[] {
  const found: (Pair & { readonly map: Read })[] = [];
  fold<Read>(
    network,
    { readers: 0 },
    {
      primitive(layer, map, path) {
        map.readers++;
        if (layer.type === "batchNorm" && map.convolution !== undefined)
          found.push({ convolution: map.convolution, norm: path, layer, map });
        return isConvolution(layer) ? { convolution: path, readers: 0 } : { readers: 0 };
      },
      concat: join,
      tap() {},
    },
  );
  return found.filter(({ map }) => map.readers === 1);
}

function join(branches: readonly Read[]): Read {
  for (const map of branches) map.readers++;
  return { readers: 0 };
}

const isConvolution = (layer: Primitive): layer is Convolution => layer.type === "conv" || layer.type === "depthwise";

/** kernel * gamma / sqrt(variance + epsilon), and beta - mean * that factor. */
function foldWeights(pairs: readonly Pair[], weights: NamedTensors): NamedTensors {
  const folded = new Map(weights);
  for (const { convolution, norm, layer } of pairs) {
    const value = (name: string): Float32Array | undefined => weights.get(`${norm}/${name}`)?.data;
    const [mean, variance, beta] = [value("movingMean")!, value("movingVariance")!, value("beta")!];
    const gamma = layer.scale ? value("gamma")! : undefined;
    const factor = Float64Array.from(variance, (v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + layer.epsilon));
    const kernel = weights.get(`${convolution}/kernel`)!;
    folded.set(`${convolution}/kernel`, { shape: kernel.shape, data: scaled(kernel.data, factor) });
    folded.set(`${norm}/bias`, {
      shape: [beta.length],
      data: Float32Array.from(beta, (b, c) => b - mean[c]! * factor[c]!),
    });
  }
  return folded;
}

/**
 * Every element times its output channel's factor: the last axis of a convolution's kernel, the last two of a depthwise
 * one's, whose outputs are ordered by input channel and then by multiplier.
 */
function scaled(data: Float32Array, factor: Float64Array): Float32Array {
  const result = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += factor.length)
    for (let channel = 0; channel < factor.length; channel++)
      result[start + channel] = data[start + channel]! * factor[channel]!;
  return result;
}
