// A network for other programs: TensorFlow's own operations, the weights inside, a batch of any size.
import { type Variable, variables } from "../interpret/parameters.ts";
import type { Layer } from "../network/layer.ts";
import type { Pixels } from "../network/preprocessing.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { forward } from "./forward.ts";
import { Graph } from "./graph.ts";
import type { Signature } from "./graph-def.ts";
import { latePools } from "./late-pools.ts";
import type { Value } from "./node.ts";
import * as op from "./operations.ts";
import { pixels } from "./pixels.ts";
import type { NamedTensors } from "./state.ts";

export interface InferenceOptions {
  readonly size: number;
  /** RGB bytes go in, uint8, and become what the network sees inside; left out, float32 as it sees them. */
  readonly pixels?: Pixels | undefined;
  /** A weight as it is stored, read as float32. */
  readonly stored: (graph: Graph, variable: Variable, data: Float32Array) => Value;
}

export interface InferenceGraph {
  readonly graph: Graph;
  /** `input`, [batch, size, size, 3], to `logits` and `probabilities`, [batch, classes]. */
  readonly signature: Signature;
}

/** With batch norm folded and without auxiliary heads, as evaluation has it. */
export function inferenceGraph(trained: Layer, weights: NamedTensors, options: InferenceOptions): InferenceGraph {
  const { size, pixels: range, stored } = options;
  const graph = new Graph();
  const folding = foldBatchNorm(trained);
  const network = latePools(folding.network);
  const folded = folding.weights(weights);
  const known = new Map(variables(network, { height: size, width: size, channels: 3 }).map((one) => [one.name, one]));
  const input = op.placeholder(graph, "input", range ? "uint8" : "float32", [-1, size, size, 3]);
  const outputs = forward(network, range ? pixels(graph, input, range) : input, {
    graph,
    precision: "float32",
    kernels: "tensorflow",
    plain: true,
    weight: (name) => stored(graph, known.get(name)!, folded.get(name)!.data),
  });
  const logits = op.identity(graph, outputs.logits, "logits");
  return {
    graph,
    signature: { inputs: { input }, outputs: { logits, probabilities: op.softmax(graph, logits, "probabilities") } },
  };
}
