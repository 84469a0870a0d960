// The machine's conv rate: what a step could reach if all of it were one good convolution.
import { Graph } from "../graph/graph.ts";
import type { DType } from "../graph/node.ts";
import * as op from "../graph/operations.ts";
import { savedModel } from "../graph/saved-model.ts";
import { median } from "../race/median.ts";
import { startEngine } from "../runtime/engine.ts";

const [grid, channels, images, rounds] = [35, 192, 8, 4];
const multiplyAdds = grid * grid * channels * channels * 9 * images;

/** Multiply-adds in a second of a 192-channel 3x3 convolution on a 35x35 grid, forward; the median of several runs. */
export async function convRate(precision: "float32" | "bfloat16"): Promise<number> {
  const engine = await startEngine(program(precision));
  try {
    const seconds: number[] = [];
    for (let run = 0; run < 12; run++) {
      const start = performance.now();
      await engine.run({ seed: { dtype: "int32", shape: [2], value: Int32Array.of(1, run) } }, ["done"]);
      seconds.push((performance.now() - start) / 1000);
    }
    return (multiplyAdds * rounds) / median(seconds.slice(2));
  } finally {
    await engine.close();
  }
}

/** Convolutions in a row, so that the start of a run does not count. */
function program(dtype: DType): Uint8Array {
  const graph = new Graph();
  const seed = op.placeholder(graph, "seed", "int32", [2]);
  const kernel = op.cast(
    graph,
    op.multiply(graph, op.statelessUniform(graph, [3, 3, channels, channels], seed), op.scalar(graph, 0.001)),
    dtype,
  );
  let value = op.cast(graph, op.statelessUniform(graph, [images, grid, grid, channels], seed), dtype);
  for (let round = 0; round < rounds; round++)
    value = op.conv2d(graph, value, kernel, { kernel: [3, 3], stride: 1, padding: "same" });
  op.identity(graph, op.sum(graph, op.cast(graph, value, "float32"), [0, 1, 2, 3]), "done");
  return savedModel(graph);
}
