// Batch norm folded into the convolution before it: another tree, and the weights that go with it.
import { fold } from "../network/fold.ts";
import type { Layer, Primitive } from "../network/layer.ts";
import type { NamedTensors } from "./state.ts";

const nothing: Layer = { type: "chain", children: {} };

/** The network without auxiliary heads and dropout, each batch norm replaced by a bias. */
export function foldBatchNorm(layer: Layer): Layer {
  switch (layer.type) {
    case "chain":
    case "concat":
      return {
        type: layer.type,
        children: Object.fromEntries(
          Object.entries(layer.children).map(([name, child]) => [name, foldBatchNorm(child)]),
        ),
      };
    case "tap":
    case "dropout":
      return nothing;
    case "batchNorm":
      return { type: "bias" };
    default:
      return layer;
  }
}

/** Weights for the folded tree: kernel * gamma / sqrt(variance + epsilon), and beta - mean * that factor. */
export function foldWeights(network: Layer, weights: NamedTensors): NamedTensors {
  const folded = new Map(weights);
  for (const { convolution, norm, layer } of normalizedConvolutions(network)) {
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

type BatchNorm = Extract<Primitive, { type: "batchNorm" }>;

function normalizedConvolutions(network: Layer): { convolution: string; norm: string; layer: BatchNorm }[] {
  const found: { convolution: string; norm: string; layer: BatchNorm }[] = [];
  fold<string>(network, "", {
    primitive(layer, before, path) {
      if (layer.type === "batchNorm") found.push({ convolution: before, norm: path, layer });
      return path;
    },
    concat: (_branches, path) => path,
    tap() {},
  });
  return found;
}

/** Every element times the factor of its last axis. */
function scaled(data: Float32Array, factor: Float64Array): Float32Array {
  const result = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += factor.length)
    for (let channel = 0; channel < factor.length; channel++)
      result[start + channel] = data[start + channel]! * factor[channel]!;
  return result;
}
