// What an operation is told beside its inputs: attributes, and inputs that are constants.
import type { AttributeKinds, Attributes, Value } from "./node.ts";

/** The attribute of this name and kind; throws where there is none. */
export function attribute<K extends keyof AttributeKinds>(
  attributes: Attributes,
  name: string,
  kind: K,
): AttributeKinds[K] {
  const found: Partial<AttributeKinds> | undefined = attributes[name];
  const value: AttributeKinds[K] | undefined = found?.[kind];
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
