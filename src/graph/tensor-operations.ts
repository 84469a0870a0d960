// Operations on tensors of any shape: constants, arithmetic, reductions, random numbers, variables.
import { type Attributes, type Dims, type DType, elements, type Graph, type Node, type Value } from "./node.ts";
import { only, simple, T } from "./operation.ts";

export const placeholder = (graph: Graph, name: string, dtype: DType, shape: Dims): Value =>
  simple(graph, "Placeholder", [], { dtype, shape, attributes: { dtype: { type: dtype }, shape: { shape } }, name });

const constant = (graph: Graph, dtype: DType, shape: Dims, content: ArrayBufferView): Value =>
  simple(graph, "Const", [], {
    dtype,
    shape,
    attributes: {
      dtype: { type: dtype },
      value: {
        tensor: {
          dtype,
          shape,
          content: new Uint8Array(content.buffer, content.byteOffset, content.byteLength),
        },
      },
    },
  });
export const scalar = (graph: Graph, value: number): Value => constant(graph, "float32", [], Float32Array.of(value));
export const integer = (graph: Graph, value: number): Value => constant(graph, "int32", [], Int32Array.of(value));
export const integers = (graph: Graph, values: readonly number[]): Value =>
  constant(graph, "int32", [values.length], Int32Array.from(values));
export const filled = (graph: Graph, shape: Dims, value: number): Value =>
  simple(graph, "Fill", [integers(graph, shape), scalar(graph, value)], {
    dtype: "float32",
    shape,
    attributes: { T: { type: "float32" }, index_type: { type: "int32" } },
  });

/** Raw little-endian bytes in a string scalar, read as a tensor. */
export const decodeRaw = (graph: Graph, bytes: Value, dtype: DType, shape: Dims): Value =>
  reshape(
    graph,
    simple(graph, "DecodeRaw", [bytes], {
      dtype,
      shape: [elements(shape)],
      attributes: { out_type: { type: dtype }, little_endian: { bool: true } },
    }),
    shape,
  );
export const reshape = (graph: Graph, value: Value, shape: Dims): Value =>
  simple(graph, "Reshape", [value, integers(graph, shape)], {
    shape,
    attributes: { ...T(value), Tshape: { type: "int32" } },
  });
export const cast = (graph: Graph, value: Value, dtype: DType): Value =>
  value.dtype === dtype
    ? value
    : simple(graph, "Cast", [value], { dtype, attributes: { SrcT: { type: value.dtype }, DstT: { type: dtype } } });
export const identity = (graph: Graph, value: Value, name?: string, after: readonly Node[] = []): Value =>
  simple(graph, "Identity", [value], { name, after });

const wider = (a: Value, b: Value): Dims => (elements(b.shape) > elements(a.shape) ? b.shape : a.shape);
const binary =
  (op: string) =>
  (graph: Graph, a: Value, b: Value): Value =>
    simple(graph, op, [a, b], { shape: wider(a, b) });
export const add = binary("AddV2");
export const subtract = binary("Sub");
export const multiply = binary("Mul");
export const divide = binary("RealDiv");
export const maximum = binary("Maximum");
export const greaterEqual = (graph: Graph, a: Value, b: Value): Value =>
  simple(graph, "GreaterEqual", [a, b], { dtype: "bool" });
export const equal = (graph: Graph, a: Value, b: Value): Value => simple(graph, "Equal", [a, b], { dtype: "bool" });
export const squareRoot = (graph: Graph, value: Value): Value => simple(graph, "Sqrt", [value]);
/**
 * One after the other, in this order. AddN would start with whichever input's memory it may reuse, which is a matter of
 * timing, so that three values and more would add up to other last bits from run to run; the mark keeps TensorFlow's
 * graph optimizer from making an AddN of these.
 */
export const addAll = (graph: Graph, values: readonly Value[]): Value =>
  values.reduce((sum, value) => simple(graph, "AddV2", [sum, value], { attributes: { ...T(sum), ...keptApart } }));
const keptApart: Attributes = { _grappler_ArithmeticOptimizer_AddOpsRewriteStage: { bool: true } };

const reduction =
  (op: string) =>
  (graph: Graph, value: Value, axes: readonly number[]): Value =>
    simple(graph, op, [value, integers(graph, axes)], {
      shape: value.shape.filter((_, axis) => !axes.includes(axis)),
      attributes: { ...T(value), Tidx: { type: "int32" }, keep_dims: { bool: false } },
    });
export const sum = reduction("Sum");
export const mean = reduction("Mean");
/** sum(x^2) / 2. */
export const halfSquares = (graph: Graph, value: Value): Value => simple(graph, "L2Loss", [value], { shape: [] });
export const matMul = (
  graph: Graph,
  a: Value,
  b: Value,
  { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
): Value =>
  simple(graph, "MatMul", [a, b], {
    shape: [a.shape[transposeA ? 1 : 0]!, b.shape[transposeB ? 0 : 1]!],
    attributes: { ...T(a), transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } },
  });
export const argMax = (graph: Graph, value: Value): Value =>
  simple(graph, "ArgMax", [value, integer(graph, 1)], {
    dtype: "int32",
    shape: value.shape.slice(0, 1),
    attributes: { ...T(value), Tidx: { type: "int32" }, output_type: { type: "int32" } },
  });
export const softmax = (graph: Graph, value: Value, name?: string): Value =>
  simple(graph, "Softmax", [value], { name });
export const oneHot = (graph: Graph, labels: Value, classes: number, on: number, off: number): Value =>
  simple(graph, "OneHot", [labels, integer(graph, classes), scalar(graph, on), scalar(graph, off)], {
    dtype: "float32",
    shape: [...labels.shape, classes],
    attributes: { T: { type: "float32" }, TI: { type: "int32" }, axis: { int: -1 } },
  });
/** Cross-entropy of each row, [batch], and its gradient, [batch, classes]. */
export const crossEntropy = (graph: Graph, logits: Value, targets: Value): Value =>
  only(
    graph.add({
      op: "SoftmaxCrossEntropyWithLogits",
      inputs: [logits, targets],
      attributes: T(logits),
      outputs: [
        { dtype: logits.dtype, shape: logits.shape.slice(0, 1) },
        { dtype: logits.dtype, shape: logits.shape },
      ],
    }),
  );

export const concat = (graph: Graph, values: readonly Value[], axis: number): Value =>
  values.length === 1
    ? values[0]!
    : simple(graph, "ConcatV2", [...values, integer(graph, axis)], {
        shape: values[0]!.shape.map((length, i) =>
          i === axis ? values.reduce((total, value) => total + value.shape[axis]!, 0) : length,
        ),
        attributes: { ...T(values[0]!), N: { int: values.length }, Tidx: { type: "int32" } },
      });
/** The part of this shape that starts at `begin`. */
export const slice = (graph: Graph, value: Value, begin: Dims, shape: Dims): Value =>
  shape.every((length, axis) => length === value.shape[axis])
    ? value
    : simple(graph, "Slice", [value, integers(graph, begin), integers(graph, shape)], {
        shape,
        attributes: { ...T(value), Index: { type: "int32" } },
      });
/** Vectors end to end; of none, the empty vector. */
export const joinVectors = (graph: Graph, vectors: readonly Value[]): Value =>
  vectors.length === 0 ? filled(graph, [0], 0) : concat(graph, vectors, 0);
export const split = (graph: Graph, value: Value, sizes: readonly number[], axis: number): Value[] =>
  sizes.length === 1
    ? [value]
    : graph.add({
        op: "SplitV",
        inputs: [value, integers(graph, sizes), integer(graph, axis)],
        attributes: { ...T(value), num_split: { int: sizes.length }, Tlen: { type: "int32" } },
        outputs: sizes.map((size) => ({
          dtype: value.dtype,
          shape: value.shape.map((length, i) => (i === axis ? size : length)),
        })),
      });

const stateless =
  (op: string) =>
  (graph: Graph, shape: Dims, seed: Value): Value =>
    simple(graph, op, [integers(graph, shape), seed], {
      dtype: "float32",
      shape,
      attributes: { dtype: { type: "float32" }, T: { type: "int32" }, Tseed: { type: "int32" } },
    });
/** Uniform in [0, 1) and a normal cut at two deviations, as pure functions of the seed (int32, [2]). */
export const statelessUniform = stateless("StatelessRandomUniform");
export const statelessTruncatedNormal = stateless("StatelessTruncatedNormal");

export const variable = (graph: Graph, name: string, dtype: DType, shape: Dims): Value =>
  simple(graph, "VarHandleOp", [], {
    dtype: "resource",
    shape: [],
    attributes: { dtype: { type: dtype }, shape: { shape }, shared_name: { text: name } },
    name,
  });
export const readVariable = (graph: Graph, handle: Value, after: readonly Node[] = [], name?: string): Value => {
  const { dtype, shape } = handle.node.attributes as { dtype: { type: DType }; shape: { shape: Dims } };
  return simple(graph, "ReadVariableOp", [handle], {
    dtype: dtype.type,
    shape: shape.shape,
    attributes: { dtype },
    name,
    after,
  });
};
/** An operation that changes variables and gives nothing: AssignVariableOp, ResourceApplyRMSProp, ... */
export function effect(graph: Graph, op: string, inputs: readonly Value[], attributes: Attributes): Node {
  graph.add({ op, inputs, attributes, outputs: [] });
  return graph.nodes.at(-1)!;
}
const assignment =
  (op: string) =>
  (graph: Graph, handle: Value, value: Value): Node =>
    effect(graph, op, [handle, value], { dtype: { type: value.dtype } });
export const assign = assignment("AssignVariableOp");
export const assignAdd = assignment("AssignAddVariableOp");
export const assignSubtract = assignment("AssignSubVariableOp");
/** Scalars side by side: [n]. */
export const stack = (graph: Graph, values: readonly Value[], name?: string): Value =>
  simple(graph, "Pack", values, {
    name,
    shape: [values.length],
    attributes: { ...T(values[0]!), N: { int: values.length }, axis: { int: 0 } },
  });
