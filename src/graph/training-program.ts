// A whole training step as one graph: forward, backward, clipping, optimizer, averages.
import { variables } from "../interpret/parameters.ts";
import type { Shape } from "../interpret/shapes.ts";
import type { Layer } from "../network/layer.ts";
import type { Pixels } from "../network/preprocessing.ts";
import { clipFactor, globalNorm } from "./clipping.ts";
import { forward, type Outputs } from "./forward.ts";
import { gradients } from "./gradients.ts";
import { Graph } from "./graph.ts";
import { initialVectors } from "./initial.ts";
import type { Kernels } from "./kernels.ts";
import { classificationLoss, type Loss, type LossOptions } from "./loss.ts";
import type { Node, Value } from "./node.ts";
import * as op from "./operations.ts";
import { type OptimizerOptions, optimizerOf, type Precision } from "./optimizer.ts";
import { cut, joined } from "./pieces.ts";
import { inputMaps } from "./pixels.ts";
import { applySlowed, heldBack } from "./rates.ts";
import { savedModel } from "./saved-model.ts";
import { changing, type Group, isBelow, type Layout, layOut } from "./state.ts";
import { Vectors } from "./vectors.ts";

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
}

/**
 * Entries. Feeds `images` (raw uint8, [batch, size, size, 3]), `labels` (int32, [batch], -1 for a picture left out) and `seed` (int32, [2]);
 * where pictures are mixed `second_labels` (as `labels`) and `label_shares` (float32, [batch], of the first label);
 * `statistics_rate` (1 - decay of batch norm's statistics) where they change; `learning_rate` and `average_rate` (1 - decay of the running
 * average) where weights change, and `update` (float32, from 1) for optimizers that count. Fetches: `initialize`: from the seed alone. `train`: [loss, auxiliary loss, correct, regularization,
 * gradient norm] after the update. With several micro-batches instead of it: `accumulate`, the first three, fed `share`, the micro-batch's
 * pictures over the step's (their weights, where classes have some), and then `apply`, the last two.
 */
export interface TrainingProgram {
  readonly bytes: Uint8Array;
  readonly layout: Layout;
  /** Every vector of the state with its length. */
  readonly vectors: ReadonlyMap<string, number>;
  /** What each element of those beside weights, statistics and averages starts with. */
  readonly fresh: ReadonlyMap<string, number>;
}

const trained = ["kernels", "scalars"] as const satisfies readonly Group[];
type Trained = (typeof trained)[number];
type Per<K extends string, V> = Readonly<Record<K, V>>;

/** Throws (our bug) when `frozen` names what is not there, or leaves nothing to train. */
export function trainingProgram(network: Layer, options: TrainingOptions): TrainingProgram {
  const graph = new Graph(options);
  const all = variables(network, options.maps ?? { height: options.size, width: options.size, channels: 3 });
  const { frozen = [] } = options;
  const layout = layOut(all, frozen);
  if (trained.every((group) => layout[group].size === 0)) throw new Error("nothing is left to train");
  const optimizer = optimizerOf(options.optimizer);
  const vectors = new Vectors(graph);
  const declare = (prefix: string, group: Group) => vectors.declare(`${prefix}${group}`, layout[group].size);

  const state = per(changing, (group) => declare("", group));
  const averages = options.average ? per(changing, (group) => declare("average/", group)) : undefined;
  const slots = per(trained, (group) => optimizer.slots.map((slot) => declare(`${slot.name}/`, group)));
  const sums = options.microBatches > 1 ? per(trained, (group) => declare("gradient/", group)) : undefined;
  const kept = layout.frozen.size > 0 ? declare("", "frozen") : undefined;
  vectors.finish();

  const feeds = {
    images: op.placeholder(graph, "images", "string", []),
    labels: op.placeholder(graph, "labels", "int32", [options.batch]),
    seed: op.placeholder(graph, "seed", "int32", [2]),
    learningRate: op.placeholder(graph, "learning_rate", "float32", []),
    averageRate: op.placeholder(graph, "average_rate", "float32", []),
    update: op.placeholder(graph, "update", "float32", []),
    statisticsRate: op.placeholder(graph, "statistics_rate", "float32", []),
  };
  const mixed = options.mixed
    ? {
        labels: op.placeholder(graph, "second_labels", "int32", [options.batch]),
        shares: op.placeholder(graph, "label_shares", "float32", [options.batch]),
      }
    : undefined;

  initialize();
  const weights = per(trained, (group) => op.readVariable(graph, state[group]));
  const pass = backward(weights);
  if (sums) {
    const share = op.placeholder(graph, "share", "float32", []);
    const scaled = per(trained, (group) => op.multiply(graph, pass.gradient[group], share));
    const added = trained.map((group) => op.assignAdd(graph, sums[group], scaled[group]));
    report("accumulate", lossFigures(pass.loss), [...added, pass.statistics]);
    const summed = per(trained, (group) => op.readVariable(graph, sums[group]));
    const current = per(trained, (group) => op.readVariable(graph, state[group]));
    const { figures, updates } = update(current, summed, []);
    const cleared = trained.map((group) => zero(sums[group], layout[group].size, updates));
    report("apply", figures, cleared);
  } else {
    const { figures, updates } = update(weights, pass.gradient, [pass.statistics]);
    report("train", [...lossFigures(pass.loss), ...figures], updates);
  }
  return {
    bytes: savedModel(graph),
    layout,
    vectors: new Map([...vectors.handles].map(([name, { size }]) => [name, size])),
    fresh: new Map(
      trained.flatMap((group) => [
        ...optimizer.slots.map(({ name, initial }): [string, number] => [`${name}/${group}`, initial]),
        [`gradient/${group}`, 0],
      ]),
    ),
  };

  function initialize(): void {
    const start = initialVectors(graph, { layout, whole: layOut(all), seed: feeds.seed });
    const assigned = changing.flatMap((group) =>
      [state[group], averages?.[group]].flatMap((handle) => (handle ? [op.assign(graph, handle, start[group])] : [])),
    );
    if (kept) assigned.push(op.assign(graph, kept, start.frozen));
    const emptied = trained.flatMap((group) => [
      ...slots[group].map((slot, i) => fillWith(slot, layout[group].size, optimizer.slots[i]!.initial)),
      ...(sums ? [fillWith(sums[group], layout[group].size, 0)] : []),
    ]);
    op.identity(graph, op.scalar(graph, 1), "initialize", [...assigned, ...emptied]);
  }

  function backward(from: Per<Trained, Value>): { loss: Loss; gradient: Per<Trained, Value>; statistics: Node } {
    const pieces = new Map([
      ...trained.flatMap((group) => cut(graph, layout[group], from[group])),
      ...(kept ? cut(graph, layout.frozen, op.readVariable(graph, kept)) : []),
    ]);
    const outputs = forward(network, inputMaps(graph, feeds.images, options), {
      graph,
      precision: options.precision,
      kernels: options.kernels,
      weight: (name) => pieces.get(name)!,
      training: { seed: feeds.seed, isFrozen: isBelow(frozen) },
    });
    const loss = classificationLoss(graph, outputs, feeds.labels, options, mixed);
    const names = trained.flatMap((group) => layout[group].extents.map(({ variable }) => variable.name));
    const found = gradients(
      graph,
      loss.total,
      names.map((name) => pieces.get(name)!),
      options.kernels,
    );
    const byName = new Map(names.map((name, i) => [name, found[i]!]));
    const gradient = per(trained, (group) => joined(graph, layout, group, byName));
    return { loss, gradient, statistics: updateStatistics(outputs) };
  }

  function updateStatistics(outputs: Outputs): Node {
    const batch = joined(graph, layout, "statistics", outputs.statistics);
    const difference = op.subtract(graph, op.readVariable(graph, state.statistics), batch);
    return op.assignSubtract(graph, state.statistics, op.multiply(graph, difference, feeds.statisticsRate));
  }

  function update(current: Per<Trained, Value>, gradient: Per<Trained, Value>, before: readonly Node[]) {
    const decays = { kernels: options.weightDecay, scalars: options.decayed === "all" ? options.weightDecay : 0 };
    const l2 = trained.filter((group) => group === "kernels" || decays[group] > 0);
    const decay = op.scalar(graph, options.weightDecay);
    const withDecay = (group: Trained) => op.add(graph, gradient[group], op.multiply(graph, current[group], decay));
    const regularization = optimizer.decoupled
      ? op.scalar(graph, 0)
      : op.addAll(
          graph,
          l2.map((group) => op.multiply(graph, op.halfSquares(graph, current[group]), decay)),
        );
    const whole = per(trained, (group) =>
      optimizer.decoupled || !l2.includes(group) ? gradient[group] : withDecay(group),
    );
    const norm = globalNorm(graph, Object.values(whole));
    const factor = options.clipNorm === null ? undefined : clipFactor(graph, norm, options.clipNorm);
    const applied = trained.map((group) => {
      const step = factor ? op.multiply(graph, whole[group], factor) : whole[group];
      const apply = (gradient: Value) =>
        optimizer.apply(graph, {
          variables: layout[group].extents.map(({ variable }) => variable),
          weights: state[group],
          before: current[group],
          slots: slots[group],
          rate: feeds.learningRate,
          gradient,
          count: feeds.update,
          weightDecay: decays[group],
          precision: options.precision,
        });
      const slowed = heldBack(graph, layout[group], options.rateOf);
      return slowed ? applySlowed(graph, state[group], current[group], { slowed, step, apply }) : apply(step);
    });
    const changed = [...applied, ...before];
    const averaged = averages
      ? changing.map((group) => moveToward(averages[group], op.readVariable(graph, state[group], changed)))
      : [];
    return { figures: [regularization, norm], updates: [...changed, ...averaged] };
  }

  function moveToward(average: Value, target: Value): Node {
    const difference = op.subtract(graph, op.readVariable(graph, average), target);
    return op.assignSubtract(graph, average, op.multiply(graph, difference, feeds.averageRate));
  }

  function report(name: string, figures: readonly Value[], after: readonly Node[]): void {
    op.identity(graph, op.stack(graph, figures), name, after);
  }

  function fillWith(handle: Value, size: number, value: number): Node {
    return op.assign(graph, handle, op.filled(graph, [size], value));
  }

  function zero(handle: Value, size: number, after: readonly Node[]): Node {
    return op.assign(graph, handle, op.identity(graph, op.filled(graph, [size], 0), undefined, after));
  }
}

const lossFigures = ({ main, auxiliary, correct }: Loss): Value[] => [main, auxiliary, correct];

const per = <K extends string, V>(keys: readonly K[], make: (key: K) => V): Per<K, V> =>
  Object.fromEntries(keys.map((key) => [key, make(key)])) as Per<K, V>;
