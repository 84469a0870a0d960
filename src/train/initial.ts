// A network's starting weights, as a function of a seed.
import { initialEntry, initialProgram } from "../graph/initial-program.ts";
import { changing, type NamedTensors, unpack } from "../graph/state.ts";
import type { Layer } from "../network/layer.ts";
import { startEngine } from "../runtime/engine.ts";

/** The weights and statistics that a training from this seed begins with, to the bit. */
export async function initialWeights(
  network: Layer,
  size: number,
  seed: readonly [number, number],
): Promise<NamedTensors> {
  const { bytes, layout } = initialProgram(network, size);
  const engine = await startEngine(bytes);
  try {
    const feeds = { seed: { dtype: "int32", shape: [2], value: Int32Array.from(seed) } } as const;
    const vectors = await engine.run(feeds, changing.map(initialEntry));
    return new Map(changing.flatMap((group, i) => [...unpack(layout[group], vectors[i]!.data as Float32Array)]));
  } finally {
    await engine.close();
  }
}
