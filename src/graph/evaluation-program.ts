// A network for evaluation: its own graph, batch norm folded, weights assigned from a checkpoint.
import { variables } from "../interpret/parameters.ts";
import type { Shape } from "../interpret/shapes.ts";
import type { Layer } from "../network/layer.ts";
import type { Pixels } from "../network/preprocessing.ts";
import { assignedWeights, joinedWeights } from "./assigned-weights.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { forward } from "./forward.ts";
import { Graph } from "./graph.ts";
import type { Kernels } from "./kernels.ts";
import { latePools } from "./late-pools.ts";
import * as op from "./operations.ts";
import { inputMaps } from "./pixels.ts";
import { savedModel } from "./saved-model.ts";
import type { NamedTensors } from "./state.ts";

export interface EvaluationOptions {
  readonly size: number;
  readonly batch: number;
  readonly precision: "float32" | "bfloat16";
  readonly kernels: Kernels;
  /** RGB in [-1, 1] where left out. */
  readonly pixels?: Pixels;
  /** The network reads maps of this shape in the place of pictures: raw float32. */
  readonly maps?: Shape | undefined;
  /** A GPU computes it. */
  readonly onGpu?: boolean;
  /** Of the project's own kernels; one for each core unless said. */
  readonly threads?: number;
}

/**
 * Entries. `assign`: feed `weights` (raw float32 of `weightBytes`). `logits`: feed `images` (raw uint8, [batch, size, size, 3]),
 * gives the network's last maps, [batch, values] float32: [batch, classes] where it ends with its classifier.
 */
export interface EvaluationProgram {
  readonly bytes: Uint8Array;
  /** What to feed as `weights`, from the unfolded weights of a training run. */
  weightBytes(weights: NamedTensors): Uint8Array;
}

export function evaluationProgram(network: Layer, options: EvaluationOptions): EvaluationProgram {
  const { size, precision, kernels, onGpu, threads } = options;
  const graph = new Graph({ threads });
  const folding = foldBatchNorm(network);
  const folded = latePools(folding.network);
  const input = options.maps ?? { height: size, width: size, channels: 3 };
  const needed = variables(folded, input);

  const { kept, assigned } = assignedWeights(graph, needed);
  const images = op.placeholder(graph, "images", "string", []);
  const { logits } = forward(folded, inputMaps(graph, images, options), {
    graph,
    precision,
    kernels,
    onGpu,
    weight: (name) => kept(name, (weight) => weight),
    kept,
  });
  op.identity(graph, op.scalar(graph, 1), "assign", assigned);
  op.identity(graph, logits, "logits");
  return { bytes: savedModel(graph), weightBytes: (unfolded) => joinedWeights(needed, folding.weights(unfolded)) };
}
