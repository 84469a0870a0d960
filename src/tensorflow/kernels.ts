// A network's weights as constants of a graph, in each form of storage: the graph itself widens what is stored in fewer bits.
import { narrow } from "../checkpoint/half-floats.ts";
import { outputsOf, toLevels } from "../checkpoint/storage.ts";
import type { Graph, Value } from "../graph/node.ts";
import * as op from "../graph/operations.ts";
import type { Variable } from "../interpret/parameters.ts";
import type { Storage } from "../published/choices.ts";

type Stored = (graph: Graph, variable: Variable, data: Float32Array) => Value;

const whole: Stored = (graph, { name, shape }, data) => op.tensor(graph, name, { dtype: "float32", shape }, data);

const kernels: Readonly<Record<Storage, Stored>> = {
  float32: whole,
  float16: (graph, { name, shape }, data) =>
    op.cast(graph, op.tensor(graph, name, { dtype: "float16", shape }, narrow(data, "F16")), "float32"),
  uint8(graph, variable, data) {
    const { name, shape, matrix } = variable;
    const { levels, scales, zeros } = toLevels(data, outputsOf(variable));
    const outputs = matrix || shape.length !== 4 ? shape.slice(-1) : shape.slice(-2);
    const widened = (part: string, of: readonly number[], numbers: Uint8Array): Value =>
      op.cast(graph, op.tensor(graph, `${name}/${part}`, { dtype: "uint8", shape: of }, numbers), "float32");
    const centred = op.subtract(graph, widened("levels", shape, levels), widened("zero", outputs, zeros));
    return op.multiply(graph, centred, op.tensor(graph, `${name}/scale`, { dtype: "float32", shape: outputs }, scales));
  },
};

/** Kernels in this form; what else a network has is small, and float32. */
export const storedAs =
  (storage: Storage): Stored =>
  (graph, variable, data) =>
    (variable.kind === "kernel" ? kernels[storage] : whole)(graph, variable, data);
