// What a sum over processes costs: gradients of a network's size, as a training step sums them.
import type { Cluster } from "../cluster/cluster.ts";
import { join } from "../cluster/peers.ts";
import { type ReduceOptions, reduceProgram } from "../graph/exchange-program.ts";
import { median } from "../race/median.ts";
import { startEngine } from "../runtime/engine.ts";

export type { ReduceOptions } from "../graph/exchange-program.ts";

export interface ReduceResult {
  readonly seconds: readonly number[];
  readonly median: number;
  /** That each process sends in a sum, and receives: its own numbers but for one part, twice. */
  readonly bytes: number;
  readonly bytesPerSecond: number;
}

/** Times `turns` sums after one that does not count; every process of the cluster does, and leaves with the others. */
export async function measureReduce(cluster: Cluster, options: ReduceOptions, turns: number): Promise<ReduceResult> {
  const tasks = cluster.tasks.length;
  const peers = await join(cluster, new AbortController().signal);
  const engine = await startEngine(reduceProgram(tasks, options), peers.place);
  const seconds: number[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    // All begin at once.
    await peers.gather(turn);
    const began = performance.now();
    await Promise.race([engine.run({}, ["reduced"]), peers.lost]);
    if (turn > 0) seconds.push((performance.now() - began) / 1000);
  }
  await peers.leave();
  await engine.close();
  const middle = median(seconds);
  const bytes = bytesSent(tasks, options);
  return { seconds, median: middle, bytes, bytesPerSecond: bytes / middle };
}

/** By a ring: each process sends all parts but one to be summed, and again all but one that are. */
const bytesSent = (tasks: number, { numbers, wire }: ReduceOptions): number =>
  Math.round((2 * (tasks - 1) * numbers * (wire === "bfloat16" ? 2 : 4)) / tasks);
