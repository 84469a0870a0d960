// inception bench reduce
import type { Command } from "commander";
import type { ReduceOptions, ReduceResult } from "../../bench/reduce.ts";
import { threads } from "../../runtime/threads.ts";
import { endAfterExit } from "../ending.ts";
import { engineOptions } from "../engine-options.ts";
import { acts, choice, flag, type OptionsOf, text, wholeNumber } from "../options.ts";
import { print, printJson } from "../print.ts";
import { mostTurns } from "./bench-kernels.ts";

const options = {
  processes: wholeNumber("<n>", "processes on this machine", { least: 2, most: 64, standard: 2 }),
  workers: text("<addresses>", "processes elsewhere instead: a:2222,b:2222, slurm or tf-config"),
  task: wholeNumber("<n>", "which of the addresses this process is, from 0", { least: 0 }),
  numbers: wholeNumber("<n>", "numbers that are summed (Inception-v3 has 24 million)", {
    most: 1e9,
    standard: 24_000_000,
  }),
  wire: choice("<format>", "what they cross as", { choices: ["float32", "bfloat16"], standard: "float32" }),
  turns: wholeNumber("<n>", "sums that count, the median of which is taken", { most: mostTurns, standard: 5 }),
  threads: engineOptions().threads,
  json: flag("print the result as one JSON document"),
};

export function registerBenchReduce(bench: Command): void {
  acts(bench.command("reduce"), options, run).description(
    "the sum of gradients over processes that train together, here or between machines",
  );
}

async function run({ processes, json, turns, numbers, wire, ...who }: OptionsOf<typeof options>): Promise<void> {
  const { clusterAsked } = await import("../processes.ts");
  const { startOthers } = await import("../process-starting.ts");
  const { endProcess } = await import("../../system.ts");
  endAfterExit(endProcess);
  const asked = clusterAsked(who);
  const others = asked ? undefined : await startOthers(processes, { numbers, wire, turns });
  const cluster = asked ?? others!.cluster;
  try {
    const { measureReduce } = await import("../../bench/reduce.ts");
    const result = await measureReduce(cluster, { numbers, wire }, turns);
    if (cluster.index > 0) return;
    const about = { processes: cluster.tasks.length, numbers, wire };
    if (json) printJson({ schema: "inception.bench-reduce/1", ...about, threads: threads(), ...result });
    else print(sentence(about, result));
  } finally {
    others?.end();
  }
}

const sentence = (
  { processes, numbers, wire }: ReduceOptions & { readonly processes: number },
  { median, bytes, bytesPerSecond }: ReduceResult,
): string =>
  `sum of ${numbers} numbers over ${processes} processes as ${wire}: ${median.toFixed(3)} s ` +
  `(each sends ${(bytes / 1e6).toFixed(1)} MB, ${(bytesPerSecond / 1e6).toFixed(0)} MB/s)`;
