// Small programs for the tests of the runtime.
import { Graph } from "../../src/graph/graph.ts";
import { simple } from "../../src/graph/operation.ts";
import * as op from "../../src/graph/operations.ts";
import { savedModel } from "../../src/graph/saved-model.ts";

/**
 * Feeds `bytes` (a string of float32 values), `x` and `n`; fetches `doubled` (of bytes), `sum` (x + x), `count` (n + n),
 * `nonnegative` (x >= 0), `echo` (bytes), `long` (n as int64), `wide` (x as bfloat16), `texts` (bytes twice); the variable `v` is started
 * by `start` (0) and counted up by `add` (+ x); `read` reads it.
 */
export function smallProgram(): Uint8Array {
  const graph = new Graph();
  const bytes = op.placeholder(graph, "bytes", "string", []);
  const x = op.placeholder(graph, "x", "float32", []);
  const n = op.placeholder(graph, "n", "int32", [2]);
  const zero = op.scalar(graph, 0);
  const decoded = simple(graph, "DecodeRaw", [bytes], { attributes: { out_type: { type: "float32" } } });
  for (const [name, value] of Object.entries({
    doubled: op.add(graph, decoded, decoded),
    sum: op.add(graph, x, x),
    count: op.add(graph, n, n),
    nonnegative: op.greaterEqual(graph, x, zero),
    echo: bytes,
    texts: op.stack(graph, [bytes, bytes]),
    long: op.cast(graph, n, "int64"),
    wide: op.cast(graph, x, "bfloat16"),
  }))
    op.identity(graph, value, name);

  const v = op.variable(graph, "v", "float32", []);
  op.identity(graph, zero, "start", [op.assign(graph, v, zero)]);
  op.identity(graph, x, "add", [op.assignAdd(graph, v, x)]);
  op.readVariable(graph, v, [], "read");
  return savedModel(graph);
}

export const float = (value: number) => ({ dtype: "float32", shape: [], value: Float32Array.of(value) }) as const;

export const floatBytes = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
