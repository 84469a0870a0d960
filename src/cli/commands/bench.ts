// inception bench: the speed of a training step, of evaluation or of decoding on this machine.
import { createInterface } from "node:readline";
import { type Command, Option } from "commander";
import type { BenchKind, BenchOptions, BenchResult } from "../../bench/rate.ts";
import { canonical } from "../../network/canonical.ts";
import { networkNames } from "../../network/options.ts";
import { print, printJson } from "../print.ts";
import { wholeNumber } from "./eval.ts";

type Options = Omit<BenchOptions, "size"> & { size?: number; json?: boolean; turns?: boolean };

export function registerBench(program: Command): void {
  const bench = program
    .command("bench")
    .description("measure images per second, and the share of what the machine's convolutions could give")
    .addHelpText("after", help);
  for (const kind of ["train", "eval"] as const)
    computing(measured(bench.command(kind), kind)).option("--data <source>", "photographs instead of made-up pictures");
  measured(bench.command("images"), "images").requiredOption("--data <source>", "the photographs");
}

const descriptions: Readonly<Record<BenchKind, string>> = {
  train: "a complete training step, on made-up pictures or photographs",
  eval: "evaluation, batch norm folded",
  images: "decoding and augmenting photographs, without a network",
};

const computing = (command: Command): Command =>
  command
    .addOption(new Option("--network <name>", "network").choices(networkNames).default("inception-v3"))
    .addOption(
      new Option("--precision <format>", "arithmetic").choices(["auto", "float32", "bfloat16"]).default("auto"),
    );

const measured = (command: Command, kind: BenchKind): Command =>
  command
    .description(descriptions[kind])
    .option("--size <pixels>", "height and width of the input (default: the network's own, 299 or 224)", wholeNumber)
    .option("-b, --batch <n>", "pictures in a step", wholeNumber, 32)
    .option("--steps <n>", "steps that count", wholeNumber, 10)
    .option("--warmup <n>", "steps before them that do not", wholeNumber, 2)
    .option("--turns", "take turns with other programs: a measurement for each line `go` on standard input")
    .option("--json", "print the result as one JSON document")
    .action(async ({ json, turns, ...given }: Options) => {
      // `images` has no network.
      const options = { ...given, size: given.size ?? canonical[given.network ?? "inception-v3"].size };
      const { measureRate, takeTurns } = await import("../../bench/rate.ts");
      if (turns) return takeTurns(kind, options, createInterface({ input: process.stdin }), print);
      const result = await measureRate(kind, options);
      if (json) printJson({ schema: "inception.bench/1", kind, ...options, ...result });
      else print(sentence(kind, options, result));
    });

function sentence(
  kind: BenchKind,
  { network, size, batch }: BenchOptions,
  { precision, imagesPerSecond, median, limitShare }: BenchResult,
): string {
  const what = [kind, network, `${size} px`, `batch ${batch}`, precision].filter(Boolean).join(" ");
  const share = limitShare === null ? "" : `, ${(100 * limitShare).toFixed(0)}% of the conv-rate limit`;
  return `${what}: ${imagesPerSecond.toFixed(2)} images/s (median step ${median.toFixed(3)} s)${share}`;
}

const help = `
Examples:
  inception bench train                                  Inception V3 at 299 pixels, batch 32
  inception bench train --network googlenet              GoogLeNet at 224 pixels
  inception bench train --data photos/train              the same from photographs, decoded and augmented
  inception bench images --data photos/train --size 224  decoding and augmentation alone
  inception bench eval --precision float32 --batch 16 --steps 5 --json`;
