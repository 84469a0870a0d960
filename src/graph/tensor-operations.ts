// Operations on tensors of any shape: constants, arithmetic, reductions, random numbers, variables.
import type { Attributes, DType, Graph, Node, OperationName, TensorType, Value } from "./node.ts";
import { only, simple, T } from "./operation.ts";
import { broadcastAxes, type Dims, reducedShape, sameShape } from "./shape.ts";

export const placeholder = (graph: Graph, name: string, dtype: DType, shape: Dims): Value =>
  simple(graph, "Placeholder", [], { attributes: { dtype: { type: dtype }, shape: { shape } }, name });

const constant = (
  graph: Graph,
  dtype: DType,
  shape: Dims,
  { buffer, byteOffset, byteLength }: ArrayBufferView,
  name?: string,
): Value =>
  simple(graph, "Const", [], {
    attributes: {
      dtype: { type: dtype },
      value: { tensor: { dtype, shape, content: new Uint8Array(buffer, byteOffset, byteLength) } },
    },
    name,
  });
/** The numbers themselves, not a copy, in the machine's own form. */
export const tensor = (graph: Graph, name: string, { dtype, shape }: TensorType, numbers: ArrayBufferView): Value =>
  constant(graph, dtype, shape, numbers, name);
export const scalar = (graph: Graph, value: number): Value => constant(graph, "float32", [], Float32Array.of(value));
export const integer = (graph: Graph, value: number): Value => constant(graph, "int32", [], Int32Array.of(value));
export const integers = (graph: Graph, values: readonly number[], shape: Dims = [values.length]): Value =>
  constant(graph, "int32", shape, Int32Array.from(values));
export const floats = (graph: Graph, values: readonly number[], shape: Dims): Value =>
  constant(graph, "float32", shape, Float32Array.from(values));
export const filledWith = (graph: Graph, shape: Dims, value: Value): Value =>
  simple(graph, "Fill", [integers(graph, shape), value], {
    attributes: { ...T(value), index_type: { type: "int32" } },
  });
export const filled = (graph: Graph, shape: Dims, value: number): Value =>
  filledWith(graph, shape, scalar(graph, value));
export const zerosLike = (graph: Graph, { dtype, shape }: TensorType): Value =>
  cast(graph, filled(graph, shape, 0), dtype);

/** Raw little-endian bytes in a string scalar, read as a tensor. */
export const decodeRaw = (graph: Graph, bytes: Value, dtype: DType, shape: Dims): Value =>
  reshape(
    graph,
    simple(graph, "DecodeRaw", [bytes], { attributes: { out_type: { type: dtype }, little_endian: { bool: true } } }),
    shape,
  );
export const reshape = (graph: Graph, value: Value, shape: Dims): Value =>
  simple(graph, "Reshape", [value, integers(graph, shape)], {
    attributes: { ...T(value), Tshape: { type: "int32" } },
  });
export const cast = (graph: Graph, value: Value, dtype: DType): Value =>
  value.dtype === dtype
    ? value
    : simple(graph, "Cast", [value], { attributes: { SrcT: { type: value.dtype }, DstT: { type: dtype } } });
export const identity = (graph: Graph, value: Value, name?: string, after: readonly Node[] = []): Value =>
  simple(graph, "Identity", [value], { name, after });

const binary =
  (op: OperationName) =>
  (graph: Graph, a: Value, b: Value): Value =>
    simple(graph, op, [a, b]);
export const add = binary("AddV2");
export const subtract = binary("Sub");
export const multiply = binary("Mul");
export const divide = binary("RealDiv");
export const maximum = binary("Maximum");
export const power = binary("Pow");
export const greaterEqual = binary("GreaterEqual");
export const equal = binary("Equal");
export const areFinite = (graph: Graph, value: Value): Value => simple(graph, "IsFinite", [value]);
export const squareRoot = (graph: Graph, value: Value): Value => simple(graph, "Sqrt", [value]);
/** Times a number, in the value's own type. */
export const scale = (graph: Graph, value: Value, factor: number): Value =>
  multiply(graph, value, cast(graph, scalar(graph, factor), value.dtype));
/**
 * One after the other, in this order. AddN would start with whichever input's memory it may reuse, which is a matter of
 * timing, so that three values and more would add up to other last bits from run to run; the mark keeps TensorFlow's
 * graph optimizer from making an AddN of these.
 */
export const addAll = (graph: Graph, values: readonly Value[]): Value =>
  values.reduce((sum, value) => simple(graph, "AddV2", [sum, value], { attributes: { ...T(sum), ...keptApart } }));
const keptApart: Attributes = { _grappler_ArithmeticOptimizer_AddOpsRewriteStage: { bool: true } };

const reduction =
  (op: OperationName) =>
  (graph: Graph, value: Value, axes: readonly number[], keepDims = false): Value =>
    simple(graph, op, [value, integers(graph, axes)], {
      attributes: { ...T(value), Tidx: { type: "int32" }, keep_dims: { bool: keepDims } },
    });
export const sum = reduction("Sum");
export const mean = reduction("Mean");
/** Whether all of a vector hold. */
export const all = (graph: Graph, value: Value): Value =>
  simple(graph, "All", [value, integers(graph, [0])], {
    attributes: { Tidx: { type: "int32" }, keep_dims: { bool: false } },
  });
/** sum(x^2) / 2. */
export const halfSquares = (graph: Graph, value: Value): Value => simple(graph, "L2Loss", [value]);
export const broadcastTo = (graph: Graph, value: Value, shape: Dims): Value =>
  simple(graph, "BroadcastTo", [value, integers(graph, shape)], {
    attributes: { ...T(value), Tidx: { type: "int32" } },
  });
/** The other way: sums along the axes by which a tensor of this shape was broadcast to the value's. */
export function sumTo(graph: Graph, value: Value, shape: Dims): Value {
  const axes = broadcastAxes(shape, value.shape);
  if (axes.length === 0) return value;
  const summed = sum(graph, value, axes);
  return sameShape(summed.shape, shape) ? summed : reshape(graph, summed, shape);
}
/** The other way of a reduction over these axes: the value repeated along them. */
export const repeat = (graph: Graph, value: Value, shape: Dims, axes: readonly number[]): Value =>
  broadcastTo(graph, reshape(graph, value, reducedShape(shape, axes, true)), shape);

export const matMul = (
  graph: Graph,
  a: Value,
  b: Value,
  { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
): Value =>
  simple(graph, "MatMul", [a, b], {
    attributes: { ...T(a), transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } },
  });
export const argMax = (graph: Graph, value: Value): Value =>
  simple(graph, "ArgMax", [value, integer(graph, 1)], {
    attributes: { ...T(value), Tidx: { type: "int32" }, output_type: { type: "int32" } },
  });
/** Over the last axis. */
export const softmax = (graph: Graph, value: Value, name?: string): Value =>
  simple(graph, "Softmax", [value], { name });
export const logSoftmax = (graph: Graph, value: Value): Value => simple(graph, "LogSoftmax", [value]);
export const oneHot = (graph: Graph, labels: Value, classes: number, on: number, off: number): Value =>
  simple(graph, "OneHot", [labels, integer(graph, classes), scalar(graph, on), scalar(graph, off)], {
    attributes: { T: { type: "float32" }, TI: { type: "int32" }, axis: { int: -1 } },
  });
/** Cross-entropy of each row, [batch], and its gradient, [batch, classes]; each row of the targets sums to 1. */
export const crossEntropies = (graph: Graph, logits: Value, targets: Value): Value[] =>
  graph.add({ op: "SoftmaxCrossEntropyWithLogits", inputs: [logits, targets], attributes: T(logits) });
export const crossEntropy = (graph: Graph, logits: Value, targets: Value): Value =>
  only(crossEntropies(graph, logits, targets));

export const concat = (graph: Graph, values: readonly Value[], axis: number): Value =>
  values.length === 1
    ? values[0]!
    : simple(graph, "ConcatV2", [...values, integer(graph, axis)], {
        attributes: { ...T(values[0]!), N: { int: values.length }, Tidx: { type: "int32" } },
      });
/** The part of this shape that starts at `begin`. */
export const slice = (graph: Graph, value: Value, begin: Dims, shape: Dims): Value =>
  sameShape(shape, value.shape)
    ? value
    : simple(graph, "Slice", [value, integers(graph, begin), integers(graph, shape)], {
        attributes: { ...T(value), Index: { type: "int32" } },
      });
/** Zeros before and after each axis. */
export const padAxes = (graph: Graph, value: Value, zeros: Places): Value =>
  simple(graph, "Pad", [value, places(graph, zeros)], {
    attributes: { ...T(value), Tpaddings: { type: "int32" } },
  });
/** A number before and after each axis. */
export const padAxesWith = (graph: Graph, value: Value, around: Places, number: number): Value =>
  simple(graph, "PadV2", [value, places(graph, around), scalar(graph, number)], {
    attributes: { ...T(value), Tpaddings: { type: "int32" } },
  });
type Places = readonly (readonly [before: number, after: number])[];
const places = (graph: Graph, around: Places): Value => integers(graph, around.flat(), [around.length, 2]);
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
      });

const stateless =
  (op: OperationName) =>
  (graph: Graph, shape: Dims, seed: Value): Value =>
    simple(graph, op, [integers(graph, shape), seed], {
      attributes: { dtype: { type: "float32" }, T: { type: "int32" }, Tseed: { type: "int32" } },
    });
/** Uniform in [0, 1) and a normal cut at two deviations, as pure functions of the seed (int32, [2]). */
export const statelessUniform = stateless("StatelessRandomUniform");
export const statelessTruncatedNormal = stateless("StatelessTruncatedNormal");

export const variable = (graph: Graph, name: string, dtype: DType, shape: Dims): Value =>
  simple(graph, "VarHandleOp", [], {
    attributes: { dtype: { type: dtype }, shape: { shape }, shared_name: { text: name } },
    name,
  });
export const readVariable = (graph: Graph, handle: Value, after: readonly Node[] = [], name?: string): Value =>
  simple(graph, "ReadVariableOp", [handle], {
    attributes: { dtype: handle.node.attributes.dtype! },
    name,
    after,
  });
/** An operation that changes variables and gives nothing: AssignVariableOp, ResourceApplyRMSProp, ... */
export function effect(
  graph: Graph,
  op: OperationName,
  inputs: readonly Value[],
  attributes: Attributes,
  after: readonly Node[] = [],
): Node {
  graph.add({ op, inputs, attributes, after });
  return graph.nodes.at(-1)!;
}
const assignment =
  (op: OperationName) =>
  (graph: Graph, handle: Value, value: Value): Node =>
    effect(graph, op, [handle, value], { dtype: { type: value.dtype } });
export const assign = assignment("AssignVariableOp");
export const assignAdd = assignment("AssignAddVariableOp");
export const assignSubtract = assignment("AssignSubVariableOp");
/** The variable lets go of what it holds: until it is assigned again it cannot be read. */
export const forget = (graph: Graph, handle: Value, after: readonly Node[]): Node =>
  effect(graph, "DestroyResourceOp", [handle], { ignore_lookup_error: { bool: false } }, after);
/** The value twice: the first exists only where the condition does not hold, the second only where it does. */
export const switchBy = (graph: Graph, value: Value, condition: Value): [Value, Value] =>
  graph.add({ op: "Switch", inputs: [value, condition], attributes: T(value) }) as [Value, Value];
/** Whichever of the values exists. */
export const merge = (graph: Graph, values: readonly Value[]): Value =>
  only(graph.add({ op: "Merge", inputs: values, attributes: { ...T(values[0]!), N: { int: values.length } } }));
/** Values of one shape side by side, along a new first axis. */
export const stack = (graph: Graph, values: readonly Value[], name?: string): Value =>
  simple(graph, "Pack", values, {
    name,
    attributes: { ...T(values[0]!), N: { int: values.length }, axis: { int: 0 } },
  });
