// Grad-CAM (Selvaraju et al., arXiv 1610.02391, section 3) as a program: a network for evaluation, cut behind a stage, and the
// gradient of classes' logits with respect to the maps there.
import { variables } from "../interpret/parameters.ts";
import { outputOf, type Shape } from "../interpret/shapes.ts";
import { cutAfter } from "../interpret/stages.ts";
import type { Layer } from "../network/layer.ts";
import { assignedWeights, joinedWeights } from "./assigned-weights.ts";
import type { EvaluationOptions, EvaluationProgram } from "./evaluation-program.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { type Forward, forward } from "./forward.ts";
import { gradients } from "./gradients.ts";
import { Graph } from "./graph.ts";
import { latePools } from "./late-pools.ts";
import * as op from "./operations.ts";
import { inputMaps } from "./pixels.ts";
import { savedModel } from "./saved-model.ts";

export interface GradCamOptions extends Omit<EvaluationOptions, "batch" | "maps"> {
  /** A first-level layer: its maps are looked at. */
  readonly stage: string;
  /** Classes that are explained at a time. */
  readonly rows: number;
}

/**
 * Entries. `assign` as of an evaluation. `maps`: feed `images` (raw uint8, [1, size, size, 3]), gives the stage's maps, [1, values] float32.
 * Of these, fed as `features` (raw float32), `logits` gives the same row `rows` times, [rows, classes], and `heats`, fed `classes` too
 * (int32, [rows]), Grad-CAM of each class, [rows, height, width]: the ReLU of the maps' sum, each weighted with the mean of the
 * gradient over its places.
 */
export interface GradCamProgram extends EvaluationProgram {
  readonly maps: Shape;
}

export function gradCamProgram(network: Layer, options: GradCamOptions): GradCamProgram {
  const { size, precision, kernels, threads, stage, rows } = options;
  const graph = new Graph({ threads });
  const folding = foldBatchNorm(network);
  const { trunk, head } = cutAfter(folding.network, stage);
  const input = { height: size, width: size, channels: 3 };
  const maps = outputOf(trunk, input);
  const needed = variables(folding.network, input);
  const { kept, assigned } = assignedWeights(graph, needed);
  const pass: Forward = { graph, precision, kernels, weight: (name) => kept(name, (weight) => weight) };

  const images = op.placeholder(graph, "images", "string", []);
  const { logits: flat } = forward(latePools(trunk), inputMaps(graph, images, { ...options, batch: 1 }), {
    ...pass,
    kept,
  });
  op.identity(graph, flat, "maps");

  // Every class has a copy of the maps, so that one backward pass gives each its own gradient.
  const shape = [1, maps.height, maps.width, maps.channels];
  const bytes = op.placeholder(graph, "features", "string", []);
  const copies = op.broadcastTo(graph, op.decodeRaw(graph, bytes, "float32", shape), [rows, ...shape.slice(1)]);
  // Without `kept`, as the transform of a filter has no gradient; in float32, as bfloat16's errors add up on the way back.
  const { logits } = forward(latePools(head), copies, { ...pass, precision: "float32" });
  op.identity(graph, logits, "logits");
  const classes = op.placeholder(graph, "classes", "int32", [rows]);
  const own = op.multiply(graph, logits, op.oneHot(graph, classes, logits.shape[1]!, 1, 0));
  const [gradient] = gradients(graph, op.sum(graph, own, [0, 1]), [copies], kernels);
  const weights = op.mean(graph, op.cast(graph, gradient!, "float32"), [1, 2], true);
  op.identity(graph, op.relu(graph, op.sum(graph, op.multiply(graph, copies, weights), [3])), "heats");
  op.identity(graph, op.scalar(graph, 1), "assign", assigned);
  return {
    bytes: savedModel(graph),
    maps,
    weightBytes: (unfolded) => joinedWeights(needed, folding.weights(unfolded)),
  };
}
