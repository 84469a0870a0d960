// Average pools with any padding and divisor, made of TensorFlow's, which has two of them and divides by the real pixels.
import { marginsOf } from "../network/grid.ts";
import type { Layer, Margin } from "../network/layer.ts";
import type { Graph, Value } from "./node.ts";
import * as op from "./operations.ts";

type AveragePool = Extract<Layer, { readonly type: "averagePool" }>;
type Margins = readonly [rows: Margin, columns: Margin];

/** Of maps, [batch, height, width, channels], in their format. */
export function averagePool(graph: Graph, input: Value, layer: AveragePool): Value {
  const [, height, width] = input.shape as [number, number, number];
  const { kernel, stride, padding, divisor } = layer;
  if (padding === "same" && divisor === "valid") return op.averagePool(graph, input, { kernel, stride, padding });
  const reached = marginsOf(layer, [height, width]);
  const counted = countedMargins(layer, reached);
  const overArea = (map: Value, margins: Margins): Value =>
    op.averagePool(graph, op.pad(graph, map, ...margins), { kernel, stride, padding: "valid" });
  if (sameMargins(counted, reached)) return overArea(input, reached);
  const [rows, columns] = counted;
  const ones = op.filled(graph, [1, rows[0] + height + rows[1], columns[0] + width + columns[1], 1], 1);
  const shares = overArea(ones, between(counted, reached));
  return op.cast(graph, op.divide(graph, overArea(op.cast(graph, input, "float32"), reached), shares), input.dtype);
}

const none: Margin = [0, 0];

/** The places beyond the edges that the divisor counts, of those that the windows reach. */
export function countedMargins({ padding, divisor }: AveragePool, reached: Margins): Margins {
  if (divisor === "valid" || padding === "valid") return [none, none];
  if (padding === "same") return reached;
  const least = (a: Margin, b: Margin): Margin => [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return [least(padding.rows, reached[0]), least(padding.columns, reached[1])];
}

const between = (inner: Margins, outer: Margins): Margins => [
  [outer[0][0] - inner[0][0], outer[0][1] - inner[0][1]],
  [outer[1][0] - inner[1][0], outer[1][1] - inner[1][1]],
];
const sameMargins = (a: Margins, b: Margins): boolean => a.flat().join() === b.flat().join();
