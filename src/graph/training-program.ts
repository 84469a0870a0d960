// A whole training step as one graph: forward, backward, clipping, optimizer, averages.
import { variables } from "../interpret/parameters.ts";
import type { Layer } from "../network/layer.ts";
import { clipFactor, globalNorm } from "./clipping.ts";
import { compiledFrom } from "./compiled.ts";
import { forward } from "./forward.ts";
import { type Gate, gateOn } from "./gate.ts";
import { gradients } from "./gradients.ts";
import { Graph } from "./graph.ts";
import { initialVectors } from "./initial.ts";
import { latePools } from "./late-pools.ts";
import { classificationLoss, type Loss } from "./loss.ts";
import type { Node, Value } from "./node.ts";
import * as op from "./operations.ts";
import { optimizerOf } from "./optimizer.ts";
import { cut, joined } from "./pieces.ts";
import { inputMaps } from "./pixels.ts";
import { applySlowed, heldBack } from "./rates.ts";
import { savedModel } from "./saved-model.ts";
import { sharedStep, synchronize } from "./shared-step.ts";
import { changing, type Group, isBelow, type Layout, layOut, type Per, per, type Trained, trained } from "./state.ts";
import type { TrainingOptions } from "./training-options.ts";
import { Vectors } from "./vectors.ts";
import { withWeightDecay } from "./weight-decay.ts";

/**
 * Entries. Feeds `images` (raw uint8, [batch, size, size, 3]), `labels` (int32, [batch], -1 for a picture left out) and `seed` (int32, [2]);
 * where pictures are mixed `second_labels` (as `labels`) and `label_shares` (float32, [batch], of the first label);
 * `statistics_rate` (1 - decay of batch norm's statistics) where they change; `learning_rate` and `average_rate` (1 - decay of the running
 * average) where weights change, and `update` (float32, from 1) for optimizers that count. Fetches: `initialize`: from the seed alone. `train`: [loss, auxiliary loss, correct, regularization,
 * gradient norm] after the update. With several micro-batches instead of it: `accumulate`, the first three, fed `share`, the micro-batch's
 * pictures over the step's (their weights, where classes have some), and then `apply`, the last two, fed `step_loss`, the larger of the
 * step's losses. Where one of a step's figures is not finite nothing of the state changes. Of several processes each feeds its micro-batches' own weights
 * as `share`, and `apply` is fed and tells what shared-step.ts says; `synchronize` sets the state of all to the one of the process fed 1.
 */
export interface TrainingProgram {
  readonly bytes: Uint8Array;
  readonly layout: Layout;
  /** Every vector of the state with its length. */
  readonly vectors: ReadonlyMap<string, number>;
  /** What each element of those beside weights, statistics and averages starts with. */
  readonly fresh: ReadonlyMap<string, number>;
}

/** Of batch norm's statistics while micro-batches move them, until the step is done. */
export const pendingPrefix = "pending/";

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
  const { together } = options;
  const sums = options.microBatches > 1 || together ? per(trained, (group) => declare("gradient/", group)) : undefined;
  const pending = sums && declare(pendingPrefix, "statistics");
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
  const ofStart = graph.nodes.length;
  const weights = per(trained, (group) => op.readVariable(graph, state[group]));
  const pass = backward(weights);
  if (sums && pending) {
    const share = op.placeholder(graph, "share", "float32", []);
    const scaled = per(trained, (group) => op.multiply(graph, pass.gradient[group], share));
    const added = trained.map((group) => op.assignAdd(graph, sums[group], scaled[group]));
    const moved = op.assignSubtract(graph, pending, towardBatch(op.readVariable(graph, pending), pass.statistics));
    report("accumulate", lossFigures(pass.loss), [...added, moved]);
    const summed = per(trained, (group) => op.readVariable(graph, sums[group]));
    const current = per(trained, (group) => op.readVariable(graph, state[group]));
    const [before, after] = [state.statistics, pending].map((handle) => op.readVariable(graph, handle));
    const own = { gradient: summed, before: before!, after: after! };
    const step = together ? sharedStep(graph, own, together) : { ...own, losses: [stepLoss(graph)], told: [] };
    const { figures, done } = update(current, step.gradient, step.losses, {
      statistics: (open) =>
        [state.statistics, ...(together ? [pending] : [])].map((handle) => op.assign(graph, handle, open(step.after))),
      instead: (closed) => [op.assign(graph, pending, closed(before!))],
    });
    const cleared = trained.map((group) => zero(sums[group], layout[group].size, [done]));
    report("apply", [...step.told, ...figures], cleared);
    if (together) synchronize(graph, [...vectors.handles.values()], together);
  } else {
    const losses = lossFigures(pass.loss);
    const moved = towardBatch(op.readVariable(graph, state.statistics), pass.statistics);
    const { figures, done } = update(weights, pass.gradient, losses, {
      statistics: (open) => [op.assignSubtract(graph, state.statistics, open(moved))],
    });
    report("train", [...losses, ...figures], [done]);
  }
  return {
    bytes: savedModel({ nodes: options.compile ? compiledFrom(graph.nodes, ofStart) : graph.nodes }),
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
    if (pending) assigned.push(op.assign(graph, pending, start.statistics));
    if (kept) assigned.push(op.assign(graph, kept, start.frozen));
    const emptied = trained.flatMap((group) => [
      ...slots[group].map((slot, i) => fillWith(slot, layout[group].size, optimizer.slots[i]!.initial)),
      ...(sums ? [fillWith(sums[group], layout[group].size, 0)] : []),
    ]);
    op.identity(graph, op.scalar(graph, 1), "initialize", [...assigned, ...emptied]);
  }

  function backward(from: Per<Trained, Value>): { loss: Loss; gradient: Per<Trained, Value>; statistics: Value } {
    const pieces = new Map([
      ...trained.flatMap((group) => cut(graph, layout[group], from[group])),
      ...(kept ? cut(graph, layout.frozen, op.readVariable(graph, kept)) : []),
    ]);
    const outputs = forward(latePools(network), inputMaps(graph, feeds.images, options), {
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
    return { loss, gradient, statistics: joined(graph, layout, "statistics", outputs.statistics) };
  }

  /** What is taken from batch norm's statistics, so that they move to the batch's. */
  function towardBatch(statistics: Value, batch: Value): Value {
    return op.multiply(graph, op.subtract(graph, statistics, batch), feeds.statisticsRate);
  }

  function update(
    current: Per<Trained, Value>,
    gradient: Per<Trained, Value>,
    losses: readonly Value[],
    { statistics, instead = () => [] }: Effects,
  ) {
    const slowed = per(trained, (group) => heldBack(graph, layout[group], options.rateOf));
    const decayed = withWeightDecay(graph, current, gradient, {
      ...options,
      decoupled: optimizer.decoupled === true,
      inUpdate: (group) => optimizer.whole !== undefined && !slowed[group],
    });
    const norm = globalNorm(graph, decayed.halfSquares);
    const gate = gateOn(graph, [...losses, decayed.cost, norm]);
    const factor = options.clipNorm === null ? undefined : clipFactor(graph, norm, options.clipNorm);
    const rate = gate.open(feeds.learningRate);
    const applied = trained.flatMap((group) => {
      const common = {
        ...{ weights: state[group], before: current[group], slots: slots[group], rate },
        weightDecay: decayed.decays[group],
      };
      if (decayed.left[group]) {
        const average = averages && { vector: averages[group], rate: feeds.averageRate };
        return optimizer.whole!(graph, { ...common, gradient: decayed.gradient[group], clipFactor: factor, average });
      }
      const step = gate.open(factor ? op.multiply(graph, decayed.gradient[group], factor) : decayed.gradient[group]);
      const apply = (gradient: Value) =>
        optimizer.apply(graph, {
          ...common,
          variables: layout[group].extents.map(({ variable }) => variable),
          gradient,
          count: feeds.update,
          precision: options.precision,
        });
      const slow = slowed[group];
      return slow ? applySlowed(graph, state[group], current[group], { slowed: slow, step, apply }) : apply(step);
    });
    const changed = [...applied, ...statistics(gate.open)];
    const averaged = averages
      ? changing
          .filter((group) => group === "statistics" || !decayed.left[group])
          .map((group) => moveToward(averages[group], op.readVariable(graph, state[group], changed)))
      : [];
    return { figures: [decayed.cost, norm], done: gate.after([...changed, ...averaged], instead(gate.closed)) };
  }

  function moveToward(average: Value, target: Value): Node {
    const difference = op.subtract(graph, op.readVariable(graph, average), target);
    return op.effect(graph, "ResourceApplyGradientDescent", [average, feeds.averageRate, difference], {
      T: { type: "float32" },
    });
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

/** What a step does beside its update: to batch norm's statistics, and where it changes nothing. */
type Effects = {
  readonly statistics: (open: Gate["open"]) => Node[];
  readonly instead?: (closed: Gate["closed"]) => Node[];
};

const stepLoss = (graph: Graph): Value => op.placeholder(graph, "step_loss", "float32", []);
const lossFigures = ({ main, auxiliary, correct }: Loss): Value[] => [main, auxiliary, correct];
