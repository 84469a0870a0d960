// A graph under construction.
import { availableParallelism } from "node:os";
import { definitions } from "./definitions/table.ts";
import type { Attributes, NewNode, Node, Graph as Nodes, OperationName, TensorType, Value } from "./node.ts";
import { outputOf } from "./operation.ts";

/** Names are made unique by a counter, so they are the same in every run. */
export class Graph implements Nodes {
  readonly nodes: Node[] = [];
  readonly threads: number;
  readonly #used = new Map<string, number>();

  /** `threads`: of the project's own operations; one for each core unless said. */
  constructor({ threads = availableParallelism() }: { readonly threads?: number | undefined } = {}) {
    this.threads = threads;
  }

  add({ op, inputs, attributes, name = op, after = [] }: NewNode): Value[] {
    const outputs = outputsOf(op, name, inputs, attributes);
    const node: Node = { name: this.#unique(name), op, inputs, after, attributes, outputs };
    this.nodes.push(node);
    return outputs.map((_, index) => outputOf(node, index));
  }

  #unique(name: string): string {
    const count = this.#used.get(name) ?? 0;
    this.#used.set(name, count + 1);
    return count === 0 ? name : this.#unique(`${name}_${count}`);
  }
}

function outputsOf(op: OperationName, name: string, inputs: readonly Value[], attributes: Attributes): TensorType[] {
  try {
    return definitions[op].outputs(inputs, attributes).map(({ dtype, shape }) => ({ dtype, shape }));
  } catch (error) {
    throw new Error(`${op} (${name}): ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
