// TensorFlow graphs as values: nodes that name their inputs, in the order they were made (which is topological).
import type { OperationName } from "./operation-names.ts";
import type { Dims } from "./shape.ts";

export type { OperationName } from "./operation-names.ts";
export { type Dims, elements } from "./shape.ts";

export type DType = "float32" | "bfloat16" | "float16" | "uint8" | "int32" | "int64" | "bool" | "string" | "resource";

/** The shape is static but for a length of -1: that of decoded bytes, until they are reshaped, and that of a batch of any size. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Dims;
}

export interface AttributeKinds {
  readonly type: DType;
  readonly int: number;
  readonly ints: readonly number[];
  readonly float: number;
  readonly bool: boolean;
  readonly text: string;
  readonly shape: Dims;
  readonly tensor: TensorType & { readonly content: Uint8Array };
}
export type Attribute = { [K in keyof AttributeKinds]: Readonly<Record<K, AttributeKinds[K]>> }[keyof AttributeKinds];
export type Attributes = Readonly<Record<string, Attribute>>;

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

/** A graph under construction, as operations see it. */
export interface Graph {
  readonly nodes: Node[];
  /** What each of the project's own operations may use. */
  readonly threads: number;
  /** The outputs of a new node. Throws (our bug) where the inputs do not fit the operation. */
  add(node: NewNode): Value[];
}
