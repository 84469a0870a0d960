// Sums over processes, by TensorFlow's collective operations.
import type { DType, Graph, Value } from "./node.ts";
import { simple } from "./operation.ts";
import * as op from "./operations.ts";

/** Programs that processes run together at a time, each in an order of its own: TensorFlow tells them apart by the keys of their sums. */
const firstKeys = { step: 1, message: 10_001, beat: 20_001, bench: 30_001 } as const;

export type Together = {
  /** How many processes there are. */
  readonly tasks: number;
  readonly program: keyof typeof firstKeys;
};

/**
 * The sum of what every process has here, the same bits in each; of no numbers there is none to wait for. All wait for the last one, however
 * long: where TensorFlow gives one sum up it gives up all, and frees what its threads still write into.
 */
export function sumOverAll(graph: Graph, value: Value, { tasks, program }: Together): Value {
  if (value.shape.includes(0)) return value;
  const before = graph.nodes.filter(({ op }) => op === "CollectiveReduce").length;
  return simple(graph, "CollectiveReduce", [value], {
    attributes: {
      T: { type: value.dtype },
      group_size: { int: tasks },
      group_key: { int: 1 },
      instance_key: { int: firstKeys[program] + before },
      merge_op: { text: "Add" },
      final_op: { text: "Id" },
      subdiv_offsets: { ints: [0] },
    },
  });
}

/** The same, sent as numbers of this type. */
export const sumSentAs = (graph: Graph, value: Value, wire: DType, together: Together): Value =>
  op.cast(graph, sumOverAll(graph, op.cast(graph, value, wire), together), value.dtype);
