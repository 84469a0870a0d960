// What an operation is told beside its inputs: attributes, and inputs that are constants.
import type { Dims, DType, TensorType, Value } from "./node.ts";

interface Kinds {
  readonly type: DType;
  readonly int: number;
  readonly ints: readonly number[];
  readonly float: number;
  readonly bool: boolean;
  readonly text: string;
  readonly shape: Dims;
  readonly tensor: TensorType & { readonly content: Uint8Array };
}
export type Attribute = { [K in keyof Kinds]: Readonly<Record<K, Kinds[K]>> }[keyof Kinds];
export type Attributes = Readonly<Record<string, Attribute>>;

/** The attribute of this name and kind; throws where there is none. */
export function attribute<K extends keyof Kinds>(attributes: Attributes, name: string, kind: K): Kinds[K] {
  const found: Partial<Kinds> | undefined = attributes[name];
  const value: Kinds[K] | undefined = found?.[kind];
  if (value === undefined) throw new Error(`it has no attribute ${name} of kind ${kind}`);
  return value;
}

/** The numbers of an int32 constant; throws where the value is none. */
export function constantIntegers({ node, dtype }: Value): number[] {
  if (node.op !== "Const" || dtype !== "int32") throw new Error(`${node.name} is no constant of integers`);
  const { content } = attribute(node.attributes, "value", "tensor");
  return [...new Int32Array(content.slice().buffer)];
}

/** Axes counted from the first, whichever end a constant counts them from. */
export const axesOf = (axes: Value, rank: number): number[] =>
  constantIntegers(axes).map((axis) => (axis < 0 ? axis + rank : axis));
