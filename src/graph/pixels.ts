// Pictures' bytes as a network sees them: the one place where that is done.
import type { Shape } from "../interpret/shapes.ts";
import { type Pixels, unitRange } from "../network/preprocessing.ts";
import type { Graph, Value } from "./node.ts";
import * as op from "./operations.ts";

type Input = {
  readonly size: number;
  readonly batch: number;
  /** RGB in [-1, 1] where left out. */
  readonly pixels?: Pixels | undefined;
  /** What a network reads that has no pictures before it. */
  readonly maps?: Shape | undefined;
};

/** What a network reads, float32, from a string scalar: of RGB bytes, or of the maps' raw float32. */
export function inputMaps(graph: Graph, raw: Value, { size, batch, pixels: range = unitRange, maps }: Input): Value {
  if (maps) return op.decodeRaw(graph, raw, "float32", [batch, maps.height, maps.width, maps.channels]);
  return pixels(graph, op.decodeRaw(graph, raw, "uint8", [batch, size, size, 3]), range);
}

/** From RGB bytes, [batch, height, width, 3], to float32 in the network's order and range. */
export function pixels(graph: Graph, bytes: Value, { order, scale, mean, deviation }: Pixels): Value {
  const scaled = op.multiply(graph, op.cast(graph, inOrder[order](graph, bytes), "float32"), op.scalar(graph, scale));
  const centred = op.subtract(graph, scaled, perChannel(graph, mean));
  return deviation.every((one) => one === 1) ? centred : op.divide(graph, centred, perChannel(graph, deviation));
}

const inOrder: Readonly<Record<Pixels["order"], (graph: Graph, bytes: Value) => Value>> = {
  RGB: (_graph, bytes) => bytes,
  BGR: (graph, bytes) => op.concat(graph, op.split(graph, bytes, [1, 1, 1], 3).reverse(), 3),
};

/** One number where all are the same. */
const perChannel = (graph: Graph, values: readonly number[]): Value =>
  values.every((value) => value === values[0])
    ? op.scalar(graph, values[0]!)
    : op.stack(
        graph,
        values.map((value) => op.scalar(graph, value)),
      );
