// Averages over a grid of windows whose sizes differ by one where the map's side is no multiple of the grid's.
import { adaptiveWindows } from "../network/grid.ts";
import type { Graph, Value } from "./node.ts";
import * as op from "./operations.ts";

/** Of maps, [batch, height, width, channels], to [batch, grid, grid, channels]: rows first, then columns. */
export function adaptivePool(graph: Graph, input: Value, grid: number): Value {
  return [1, 2].reduce((map, axis) => alongAxis(graph, map, axis, grid), input);
}

function alongAxis(graph: Graph, map: Value, axis: number, grid: number): Value {
  const windows = adaptiveWindows(map.shape[axis]!, grid);
  const means = windows.map(([start, end]) => {
    const begin = map.shape.map((_, i) => (i === axis ? start : 0));
    const window = op.slice(graph, map, begin, map.shape.with(axis, end - start));
    return op.mean(graph, window, [axis], true);
  });
  return op.concat(graph, means, axis);
}
