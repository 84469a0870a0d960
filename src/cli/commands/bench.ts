// inception bench: the speed of a training step, of evaluation or of decoding on this machine.
import { createInterface } from "node:readline";
import type { Command } from "commander";
import type { BenchKind, BenchOptions, BenchResult } from "../../bench/rate.ts";
import { canonical } from "../../network/canonical.ts";
import { largestSize, networkNames } from "../../network/options.ts";
import { device } from "../../runtime/device.ts";
import { kernelsWish } from "../../runtime/kernels.ts";
import { threads } from "../../runtime/threads.ts";
import { engineOptions } from "../engine-options.ts";
import { acts, choice, flag, type OptionsOf, repeated, text, wholeNumber } from "../options.ts";
import { print, printJson } from "../print.ts";
import { mostTurns, registerBenchKernels } from "./bench-kernels.ts";
import { registerBenchReduce } from "./bench-reduce.ts";

const engine = engineOptions();
const measuring = {
  size: wholeNumber("<pixels>", "height and width of the input (default: the network's own, 299 or 224)", {
    most: largestSize,
  }),
  batch: wholeNumber("<n>", "pictures in a step", { short: "b", standard: 32 }),
  steps: wholeNumber("<n>", "steps that count", { most: mostTurns, standard: 10 }),
  warmup: wholeNumber("<n>", "steps before them that do not", { most: mostTurns, standard: 2 }),
  threads: engine.threads,
  device: engine.device,
  turns: flag("take turns with other programs: a measurement for each line `go` on standard input"),
  json: flag("print the result as one JSON document"),
};
const computing = {
  network: choice("<name>", "network", { choices: networkNames, standard: "inception-v3" }),
  precision: choice("<format>", "arithmetic", { choices: ["auto", "float32", "bfloat16"], standard: "auto" }),
  set: repeated("<key=value>", "change a key, as in network.width=0.5"),
  data: text("<source>", "photographs instead of made-up pictures"),
  kernels: engine.kernels,
  ...measuring,
};
const decoding = { data: text("<source>", "the photographs", { required: true }), ...measuring };
type Options = OptionsOf<typeof computing> | OptionsOf<typeof decoding>;

export function registerBench(program: Command): void {
  const bench = program
    .command("bench")
    .description("measure images per second, and the share of what the machine's convolutions could give")
    .addHelpText("after", help);
  for (const kind of ["train", "eval"] as const)
    acts(bench.command(kind), computing, run(kind)).description(descriptions[kind]);
  acts(bench.command("images"), decoding, run("images")).description(descriptions.images);
  registerBenchKernels(bench);
  registerBenchReduce(bench);
}

const descriptions: Readonly<Record<BenchKind, string>> = {
  train: "a complete training step, on made-up pictures or photographs",
  eval: "evaluation, batch norm folded",
  images: "decoding and augmenting photographs, without a network",
};

const run =
  (kind: BenchKind) =>
  async ({ json, turns, ...given }: Options): Promise<void> => {
    const network = "network" in given ? given.network : "inception-v3";
    const asked = { ...given, size: given.size ?? canonical[network].size };
    // Decoding has neither network nor precision.
    const options: BenchOptions = { network, precision: "auto", ...asked };
    const { measureRate, takeTurns } = await import("../../bench/rate.ts");
    // Lines that come during the warm-up wait in the iterator, and so does the input's end.
    if (turns)
      return takeTurns(kind, options, createInterface({ input: process.stdin })[Symbol.asyncIterator](), print);
    const result = await measureRate(kind, options);
    const wish = kernelsWish();
    const whose = wish.by === "word" ? wish.rule : ({ race: "auto", file: "table" } as const)[wish.by];
    const computed = { device: device(), threads: threads(), kernels: result.precision && whose };
    if (json) printJson({ schema: "inception.bench/1", kind, ...asked, ...computed, ...result });
    else print(sentence(kind, asked, result));
  };

function sentence(
  kind: BenchKind,
  { network, size, batch }: Partial<BenchOptions>,
  { precision, imagesPerSecond, median, limitShare }: BenchResult,
): string {
  const what = [kind, network, `${size} px`, `batch ${batch}`, precision].filter(Boolean).join(" ");
  const share = limitShare === null ? "" : `, ${(100 * limitShare).toFixed(0)}% of the conv-rate limit`;
  return `${what}: ${imagesPerSecond.toFixed(2)} images/s (median step ${median.toFixed(3)} s)${share}`;
}

const help = `
Examples:
  inception bench train                       Inception V3, 299 pixels, batch 32
  inception bench train --network googlenet   GoogLeNet, 224 pixels
  inception bench train --data photos/train   photographs, decoded and augmented
  inception bench images --data photos/train --size 224       decoding alone
  inception bench kernels imagenette-128      which convolutions are ours to win
  inception bench reduce --processes 2        what training together would cost
  inception bench eval --precision float32 --batch 16 --steps 5 --json`;
