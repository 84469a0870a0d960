// The only code that knows how layers are joined. Every use of a network is a Reading run by this fold.
import type { Children, Layer, Primitive } from "./layer.ts";

export interface Reading<Value> {
  primitive(layer: Primitive, input: Value, path: string): Value;
  concat(branches: readonly Value[], path: string): Value;
  /** An auxiliary head's output; the main path goes on from the tap's input. */
  tap(output: Value, path: string): void;
}

/** Reads the tree from `input` on; `path` is the position in the tree, `Mixed_5b/b5x5/1/conv`. */
export function fold<Value>(layer: Layer, input: Value, reading: Reading<Value>, path = ""): Value {
  const below = (name: string) => (path ? `${path}/${name}` : name);
  const branches = (children: Children) =>
    Object.entries(children).map(([name, child]) => fold(child, input, reading, below(name)));
  switch (layer.type) {
    case "chain":
      return Object.entries(layer.children).reduce(
        (value, [name, child]) => fold(child, value, reading, below(name)),
        input,
      );
    case "concat":
      return reading.concat(branches(layer.children), path);
    case "tap":
      reading.tap(fold(layer.head, input, reading, path), path);
      return input;
    default:
      return reading.primitive(layer, input, path);
  }
}
