// Programs that processes run beside their training: messages, and a beat that tells whether all still answer.
import { sumOverAll, sumSentAs, type Together } from "./exchange.ts";
import { Graph } from "./graph.ts";
import * as op from "./operations.ts";
import { savedModel } from "./saved-model.ts";

/** Numbers of a message that one run carries. */
export const messageNumbers = 4096;

/** Feed `own` (int32, [tasks, messageNumbers]), zeros but for this process's row; fetch `all`, every process's. */
export const messageProgram = (tasks: number): Uint8Array =>
  programOf({ tasks, program: "message" }, "int32", [tasks, messageNumbers]);

/** Feed `own` (int32, [1]); fetch `all`, the sum. */
export const beatProgram = (tasks: number): Uint8Array => programOf({ tasks, program: "beat" }, "int32", [1]);

export type ReduceOptions = { readonly numbers: number; readonly wire: "float32" | "bfloat16" };

/** Fetch `reduced`: as many numbers as there are in a gradient are summed; what it gives is a figure of the sum. */
export function reduceProgram(tasks: number, { numbers, wire }: ReduceOptions): Uint8Array {
  const graph = new Graph();
  const own = op.filled(graph, [numbers], 1);
  const sum = sumSentAs(graph, own, wire, { tasks, program: "bench" });
  op.identity(graph, op.halfSquares(graph, sum), "reduced");
  return savedModel(graph);
}

function programOf(together: Together, dtype: "int32", shape: readonly number[]): Uint8Array {
  const graph = new Graph({ threads: 1 });
  op.identity(graph, sumOverAll(graph, op.placeholder(graph, "own", dtype, shape), together), "all");
  return savedModel(graph);
}
