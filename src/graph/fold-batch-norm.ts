// The weights that go with a network whose batch norms are folded.
import { foldedNetwork, type Pair } from "../interpret/folded.ts";
import type { Layer } from "../network/layer.ts";
import type { NamedTensors } from "./state.ts";

export interface Folded {
  /** As `foldedNetwork` gives it. */
  readonly network: Layer;
  /** Its weights from those of the network as trained. */
  weights(trained: NamedTensors): NamedTensors;
}

export function foldBatchNorm(trained: Layer): Folded {
  const { network, norms } = foldedNetwork(trained);
  return { network, weights: (weights) => foldWeights(norms, weights) };
}

/** kernel * gamma / sqrt(variance + epsilon), and beta - mean * that factor. */
function foldWeights(norms: readonly Pair<"batchNorm">[], weights: NamedTensors): NamedTensors {
  const folded = new Map(weights);
  for (const { convolution, path, layer } of norms) {
    const value = (name: string): Float32Array | undefined => weights.get(`${path}/${name}`)?.data;
    const [mean, variance, beta] = [value("movingMean")!, value("movingVariance")!, value("beta")!];
    const gamma = layer.scale ? value("gamma")! : undefined;
    const factor = Float64Array.from(variance, (v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + layer.epsilon));
    const kernel = weights.get(`${convolution}/kernel`)!;
    folded.set(`${convolution}/kernel`, { shape: kernel.shape, data: scaled(kernel.data, factor) });
    folded.set(`${path}/bias`, {
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
