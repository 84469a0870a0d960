// Variables of a program that are read and assigned by name from outside.
import type { Graph, Node, Value } from "./node.ts";
import * as op from "./operations.ts";

/** Names of a program's entry points that every program shares. */
export const entry = {
  /** Feed `assign/<vector>` (raw float32) for every vector; fetch this. */
  assigned: "assigned",
  assign: (vector: string) => `assign/${vector}`,
  read: (vector: string) => `read/${vector}`,
};

/** Float32 vectors with their `read/` and `assign/` entries. */
export class Vectors {
  readonly handles = new Map<string, { handle: Value; size: number }>();
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  declare(name: string, size: number): Value {
    const handle = op.variable(this.#graph, name, "float32", [size]);
    this.handles.set(name, { handle, size });
    return handle;
  }

  /** Adds the entries; call once, after the last `declare`. */
  finish(): void {
    const assigned = [...this.handles].map(([name, { handle, size }]): Node => {
      op.readVariable(this.#graph, handle, [], entry.read(name));
      const bytes = op.placeholder(this.#graph, entry.assign(name), "string", []);
      return op.assign(this.#graph, handle, op.decodeRaw(this.#graph, bytes, "float32", [size]));
    });
    op.identity(this.#graph, op.scalar(this.#graph, 1), entry.assigned, assigned);
  }
}
