// TensorFlow graphs as values: nodes that name their inputs, in the order they were made (which is topological).
import type { Attributes } from "./attributes.ts";
import { definitions, type OperationName } from "./definitions/table.ts";
import { outputOf } from "./operation.ts";
import type { Dims } from "./shape.ts";

export type { Attribute, Attributes } from "./attributes.ts";
export type { OperationName } from "./definitions/table.ts";
export { type Dims, elements } from "./shape.ts";

export type DType = "float32" | "bfloat16" | "uint8" | "int32" | "int64" | "bool" | "string" | "resource";

/** The shape is static: a program is compiled for one batch size. Only decoded bytes have a length of -1, until they are reshaped. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Dims;
}

/** One output of a node. */
export interface Value extends TensorType {
  readonly node: Node;
  readonly output: number;
}

export interface Node {
  readonly name: string;
  readonly op: OperationName;
  readonly inputs: readonly Value[];
  /** Nodes that must have run before this one. */
  readonly after: readonly Node[];
  readonly attributes: Attributes;
  /** What it gives, as its operation's definition says. */
  readonly outputs: readonly TensorType[];
}

export interface NewNode {
  readonly op: OperationName;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly name?: string | undefined;
  readonly after?: readonly Node[];
}

/** A graph under construction. Names are made unique by a counter, so they are the same in every run. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #used = new Map<string, number>();

  /** Throws (our bug) where the inputs do not fit the operation. */
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
