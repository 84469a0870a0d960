// A training program at work: steps in, figures out.
import type { WholeFiles } from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import { type Kernels, passes } from "../graph/kernels.ts";
import { type ProbeProgram, probeProgram } from "../graph/probe-program.ts";
import type { NamedTensors } from "../graph/state.ts";
import { trainingProgram } from "../graph/training-program.ts";
import type { Shape } from "../interpret/shapes.ts";
import type { Layer } from "../network/layer.ts";
import { kernelsFor } from "../race/kernels-for.ts";
import { startEngine } from "../runtime/engine.ts";
import { threads } from "../runtime/threads.ts";
import type { Start } from "./start.ts";
import { begin, save } from "./state.ts";
import {
  figures,
  int32,
  type MicroBatch,
  type Rates,
  type StepFigures,
  sharedStep,
  sumStep,
  synchronize,
  wholeStep,
} from "./steps.ts";
import type { Together } from "./together.ts";

export type { MicroBatch, Rates, StepFigures } from "./steps.ts";

export interface Trainer {
  /** Where the layers that stay as they are begin at the input: they and the rest can be used apart, so that features are computed once. */
  readonly trunk?: Trunk;
  /** Sets the whole state. Throws UserError("foreignWeights") naming what weights lack, have too much or in another shape. */
  begin(start: Start): Promise<void>;
  /** One update from the mean gradient of the microBatches; none, and the state as it was, where a figure is not finite. */
  step(microBatches: readonly MicroBatch[], rates: Rates): Promise<StepFigures>;
  /** The first layer, in the network's order, that gives a value that is not finite for these; undefined where none does. */
  firstOverflow(microBatches: readonly MicroBatch[]): Promise<string | undefined>;
  save(): Promise<WholeFiles>;
  /** Sets the state of all processes to the chief's; nothing where there is one. */
  synchronize?(): Promise<void>;
  close(): Promise<void>;
}

export interface Trunk {
  /** The rest of the network. */
  readonly head: Layer;
  /** What the trunk gives for one picture, and the rest reads. */
  readonly maps: Shape;
  /** Of the weights that stay as they are. */
  digest(): string;
  /** The maps of a micro-batch's pictures, raw float32. */
  features(images: Uint8Array): Promise<Uint8Array>;
  /** The same as the trainer's, from features in the place of pictures. */
  readonly fromFeatures: Pick<Trainer, "step" | "firstOverflow">;
}

export type StepOptions = Pick<Experiment, "data" | "train"> & {
  readonly precision: "float32" | "bfloat16";
  /** Positions in the tree: what lies below them stays as it is. */
  readonly frozen?: readonly string[];
  /** What the network reads in the place of pictures. */
  readonly maps?: Shape;
  /** What the learning rate is multiplied by for a variable. */
  readonly rateOf?: (name: string) => number;
  /** What a picture counts by the number of its class. */
  readonly weightOfClass?: readonly number[] | undefined;
  /** Whether micro-batches come mixed. */
  readonly mixed?: boolean;
  /** Chosen by races where they are not given. */
  readonly kernels?: Kernels;
  /** The processes that take each step together. */
  readonly together?: Together | undefined;
  /** Whether TensorFlow's compiler makes the step's kernels. */
  readonly compile?: boolean;
};

/** Compiles the whole training step and starts an engine for it. */
export async function startStep(network: Layer, options: StepOptions): Promise<Trainer> {
  const { data, train, precision, frozen, maps, rateOf, weightOfClass, mixed, together } = options;
  const batch = train.microBatch ?? train.batch;
  const input = maps ?? { height: data.size, width: data.size, channels: 3 };
  const kernels = options.kernels ?? (await kernelsFor({ network, input, batch, precision, passes }));
  const compiled = {
    ...train,
    size: data.size,
    pixels: data.pixels,
    batch,
    microBatches: train.batch / batch / (together?.tasks.length ?? 1),
    precision,
    kernels,
    threads: threads(),
    average: train.averageDecay !== null,
    frozen: frozen ?? [],
    maps,
    rateOf,
    weightOfClass,
    mixed,
    compile: options.compile === true,
    together: together && { tasks: together.tasks.length, wire: together.wire },
  };
  const program = trainingProgram(network, compiled);
  const engine = await startEngine(program.bytes, together?.place);
  return {
    begin: async (start) => void (await begin(engine, program, start)),
    step: (microBatches, rates) =>
      together
        ? sharedStep(engine, microBatches, rates, weightOfClass, together)
        : microBatches.length === 1
          ? wholeStep(engine, microBatches[0]!, rates)
          : sumStep(engine, microBatches, rates, weightOfClass),
    firstOverflow: async (microBatches) => {
      const { weights } = await save(engine, program);
      return firstOverflow(probeProgram(network, compiled), weights as NamedTensors, microBatches);
    },
    save: () => save(engine, program),
    ...(together && { synchronize: () => synchronize(engine, together) }),
    close: () => engine.close(),
  };
}

async function firstOverflow(
  program: ProbeProgram,
  weights: NamedTensors,
  microBatches: readonly MicroBatch[],
): Promise<string | undefined> {
  const engine = await startEngine(program.bytes);
  try {
    await begin(engine, program, { from: "weights", weights });
    const bad = [];
    for (const { images, seed } of microBatches) {
      const finite = await figures(engine, "finite", { images: { dtype: "string", value: images }, seed: int32(seed) });
      bad.push(...finite.flatMap((all, layer) => (all === 0 ? [layer] : [])));
    }
    return program.layers[Math.min(...bad)];
  } finally {
    await engine.close();
  }
}
