// Weights that are fed once and stay: all of them as the raw bytes of one string, a variable for each.
import type { Variable } from "../interpret/parameters.ts";
import type { Forward } from "./forward.ts";
import { elements, type Graph, type Node, type Value } from "./node.ts";
import * as op from "./operations.ts";
import type { NamedTensors } from "./state.ts";

export interface AssignedWeights {
  readonly kept: NonNullable<Forward["kept"]>;
  /** What assigns the variables that `kept` has made so far. */
  readonly assigned: readonly Node[];
}

/** Adds the placeholder `weights`: raw float32 of `joinedWeights`, in the order of `needed`. */
export function assignedWeights(graph: Graph, needed: readonly Variable[]): AssignedWeights {
  const bytes = op.placeholder(graph, "weights", "string", []);
  const sizes = needed.map((variable) => elements(variable.shape));
  const vector = op.decodeRaw(graph, bytes, "float32", [sizes.reduce((a, b) => a + b)]);
  const pieces = new Map(
    op.split(graph, vector, sizes, 0).map((piece, i) => {
      const variable = needed[i]!;
      return [variable.name, op.reshape(graph, piece, variable.shape)];
    }),
  );
  const assigned: Node[] = [];
  const kept = (name: string, from: (weight: Value) => Value): Value => {
    const value = from(pieces.get(name)!);
    const handle = op.variable(graph, name, value.dtype, value.shape);
    assigned.push(op.assign(graph, handle, value));
    return op.readVariable(graph, handle);
  };
  return { kept, assigned };
}

/** Throws (our bug) where one is missing or has another size. */
export function joinedWeights(needed: readonly Variable[], weights: NamedTensors): Uint8Array {
  const vector = new Float32Array(needed.reduce((sum, { shape }) => sum + elements(shape), 0));
  let offset = 0;
  for (const { name, shape } of needed) {
    const tensor = weights.get(name);
    if (tensor?.data.length !== elements(shape)) throw new Error(`weights for ${name} do not fit`);
    vector.set(tensor.data, offset);
    offset += tensor.data.length;
  }
  return new Uint8Array(vector.buffer);
}
