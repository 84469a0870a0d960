// TensorFlow graphs as values: nodes that name their inputs, in the order they were made (which is topological).
import { availableParallelism } from "node:os";

export type DType = "float32" | "bfloat16" | "uint8" | "int32" | "int64" | "bool" | "string" | "resource";
export type Dims = readonly number[];

export type Attribute =
  | { readonly type: DType }
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly shape: Dims }
  | { readonly tensor: { readonly dtype: DType; readonly shape: Dims; readonly content: Uint8Array } };
export type Attributes = Readonly<Record<string, Attribute>>;

/** One output of a node. The shape is static: a program is compiled for one batch size. */
export interface Value {
  readonly node: Node;
  readonly output: number;
  readonly dtype: DType;
  readonly shape: Dims;
}

export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Value[];
  /** Nodes that must have run before this one. */
  readonly after: readonly Node[];
  readonly attributes: Attributes;
}

export interface NewNode {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly { readonly dtype: DType; readonly shape: Dims }[];
  readonly name?: string | undefined;
  readonly after?: readonly Node[];
}

/** A graph under construction. Names are made unique by a counter, so they are the same in every run. */
export class Graph {
  readonly nodes: Node[] = [];
  /** What each of the project's own operations may use. */
  readonly threads: number;
  readonly #used = new Map<string, number>();

  constructor({ threads = availableParallelism() }: { readonly threads?: number | undefined } = {}) {
    this.threads = threads;
  }

  add({ op, inputs, attributes, outputs, name = op, after = [] }: NewNode): Value[] {
    const node: Node = { name: this.#unique(name), op, inputs, after, attributes };
    this.nodes.push(node);
    return outputs.map((output, index) => ({ node, output: index, ...output }));
  }

  #unique(name: string): string {
    const count = this.#used.get(name) ?? 0;
    this.#used.set(name, count + 1);
    return count === 0 ? name : this.#unique(`${name}_${count}`);
  }
}

export const elements = (shape: Dims): number => shape.reduce((product, length) => product * length, 1);
