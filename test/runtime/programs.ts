// Small programs for the tests of the runtime.
import { Graph, type Value } from "../../src/graph/node.ts";
import { savedModel } from "../../src/graph/saved-model.ts";

type Float = { dtype: "float32"; shape: readonly number[] };
const scalar: Float = { dtype: "float32", shape: [] };

/**
 * Feeds `bytes` (a string of float32 values), `x` and `n`; fetches `doubled` (of bytes), `sum` (x + x), `count` (n + n),
 * `positive` (x > 0), `echo` (bytes), `long` (n as int64), `wide` (x as bfloat16), `texts` (bytes twice); the variable `v` is started by
 * `start` (0) and counted up by `add` (+ x); `read` reads it.
 */
export function smallProgram(): Uint8Array {
  const graph = new Graph();
  const one = (
    op: string,
    name: string,
    inputs: Value[],
    attributes: object,
    dtype: Value["dtype"],
    shape: number[] = [],
    after: Value[] = [],
  ) =>
    graph.add({
      op,
      name,
      inputs,
      attributes: { ...attributes },
      outputs: [{ dtype, shape }],
      after: after.map(({ node }) => node),
    })[0]!;
  const placeholder = (name: string, dtype: Value["dtype"], shape: number[]) =>
    one("Placeholder", name, [], { dtype: { type: dtype }, shape: { shape } }, dtype, shape);

  const bytes = placeholder("bytes", "string", []);
  const x = placeholder("x", "float32", []);
  const n = placeholder("n", "int32", [2]);
  const decoded = one("DecodeRaw", "decoded", [bytes], { out_type: { type: "float32" } }, "float32", [-1]);
  one("AddV2", "doubled", [decoded, decoded], { T: { type: "float32" } }, "float32", [-1]);
  one("AddV2", "sum", [x, x], { T: { type: "float32" } }, "float32");
  one("AddV2", "count", [n, n], { T: { type: "int32" } }, "int32", [2]);
  one("Identity", "echo", [bytes], { T: { type: "string" } }, "string");
  one("Pack", "texts", [bytes, bytes], { T: { type: "string" }, N: { int: 2 } }, "string", [2]);
  one("Cast", "long", [n], { SrcT: { type: "int32" }, DstT: { type: "int64" } }, "int64", [2]);
  one("Cast", "wide", [x], { SrcT: { type: "float32" }, DstT: { type: "bfloat16" } }, "bfloat16");

  const constant = (name: string, value: number) =>
    one(
      "Const",
      name,
      [],
      {
        dtype: { type: "float32" },
        value: { tensor: { ...scalar, content: new Uint8Array(Float32Array.of(value).buffer) } },
      },
      "float32",
    );
  const zero = constant("zero", 0);
  one("Greater", "positive", [x, zero], { T: { type: "float32" } }, "bool");
  const v = one(
    "VarHandleOp",
    "v",
    [],
    { dtype: { type: "float32" }, shape: { shape: [] }, shared_name: { text: "v" } },
    "resource",
  );
  const start = one("AssignVariableOp", "assign", [v, zero], { dtype: { type: "float32" } }, "float32");
  one("Identity", "start", [zero], { T: { type: "float32" } }, "float32", [], [start]);
  const added = one("AssignAddVariableOp", "increase", [v, x], { dtype: { type: "float32" } }, "float32");
  one("Identity", "add", [x], { T: { type: "float32" } }, "float32", [], [added]);
  one("ReadVariableOp", "read", [v], { dtype: { type: "float32" } }, "float32");
  return savedModel(graph);
}

export const float = (value: number) => ({ dtype: "float32", shape: [], value: Float32Array.of(value) }) as const;

export const floatBytes = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
