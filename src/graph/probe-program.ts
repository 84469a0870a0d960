// The forward pass of a training step, asked which of its layers give values that are not finite.
import { variables } from "../interpret/parameters.ts";
import type { Layer } from "../network/layer.ts";
import { forward } from "./forward.ts";
import { Graph } from "./graph.ts";
import { elements, type Value } from "./node.ts";
import * as op from "./operations.ts";
import { cut } from "./pieces.ts";
import { inputMaps } from "./pixels.ts";
import { savedModel } from "./saved-model.ts";
import { groups, isBelow, layOut, per } from "./state.ts";
import type { TrainingOptions } from "./training-options.ts";
import type { TrainingProgram } from "./training-program.ts";
import { Vectors } from "./vectors.ts";

/** Entry `finite`, fed `images` and `seed` as a training step is: for each of `layers`, in the network's order, 1 where all that it gives is. */
export interface ProbeProgram extends TrainingProgram {
  /** Positions in the tree. */
  readonly layers: readonly string[];
}

export function probeProgram(network: Layer, options: TrainingOptions): ProbeProgram {
  const { frozen = [] } = options;
  const graph = new Graph(options);
  const input = options.maps ?? { height: options.size, width: options.size, channels: 3 };
  const layout = layOut(variables(network, input), frozen);
  const vectors = new Vectors(graph);
  const state = per(groups, (group) => vectors.declare(group, layout[group].size));
  vectors.finish();
  const pieces = new Map(groups.flatMap((group) => cut(graph, layout[group], op.readVariable(graph, state[group]))));
  const given: [path: string, value: Value][] = [];
  forward(network, inputMaps(graph, op.placeholder(graph, "images", "string", []), options), {
    graph,
    precision: options.precision,
    kernels: options.kernels,
    weight: (name) => pieces.get(name)!,
    training: { seed: op.placeholder(graph, "seed", "int32", [2]), isFrozen: isBelow(frozen) },
    gave: (path, value) => void given.push([path, value]),
  });
  const finite = given.map(([, value]) => {
    const each = op.areFinite(graph, op.cast(graph, value, "float32"));
    return op.cast(graph, op.all(graph, op.reshape(graph, each, [elements(value.shape)])), "float32");
  });
  op.stack(graph, finite, "finite");
  return {
    bytes: savedModel(graph),
    layout,
    vectors: new Map([...vectors.handles].map(([name, { size }]) => [name, size])),
    fresh: new Map(),
    layers: given.map(([path]) => path),
  };
}
