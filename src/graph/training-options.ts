// What a training program is compiled from, beside its network.
import type { Shape } from "../interpret/shapes.ts";
import type { Pixels } from "../network/preprocessing.ts";
import type { Kernels } from "./kernels.ts";
import type { LossOptions } from "./loss.ts";
import type { OptimizerOptions } from "./optimizer.ts";
import type { SharedStep } from "./shared-step.ts";
import type { Precision } from "./update.ts";

export interface TrainingOptions extends LossOptions {
  /** Height and width of the input in pixels. */
  readonly size: number;
  /** Pictures in one micro-batch; a step is `microBatches` of these. */
  readonly batch: number;
  readonly microBatches: number;
  readonly precision: Precision;
  readonly weightDecay: number;
  readonly decayed: "kernels" | "all";
  readonly clipNorm: number | null;
  readonly optimizer: OptimizerOptions;
  readonly average: boolean;
  /** Whether pictures are mixed and have two labels. */
  readonly mixed?: boolean | undefined;
  readonly kernels: Kernels;
  /** RGB in [-1, 1] where left out. */
  readonly pixels?: Pixels;
  /** The network reads maps of this shape in the place of pictures: raw float32. */
  readonly maps?: Shape | undefined;
  /** Positions in the tree: what lies below them keeps its weights and statistics. */
  readonly frozen?: readonly string[];
  /** What the learning rate is multiplied by for a variable; 1 for all where left out. */
  readonly rateOf?: ((name: string) => number) | undefined;
  /** Of the project's own kernels; one for each core unless said. */
  readonly threads?: number;
  /** Whether TensorFlow's compiler (XLA) makes kernels for the step: for a GPU. */
  readonly compile?: boolean;
  /** The processes that take each step together, each with `microBatches` of its own. */
  readonly together?: SharedStep | undefined;
}
