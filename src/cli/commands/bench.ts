// inception bench: the speed of a training step or of evaluation on this machine.
import { createInterface } from "node:readline";
import { type Command, Option } from "commander";
import type { BenchKind, BenchOptions } from "../../bench/rate.ts";
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
  for (const kind of ["train", "eval"] as const) measured(bench.command(kind), kind);
}

const measured = (command: Command, kind: BenchKind): Command =>
  command
    .description(kind === "train" ? "a complete training step on made-up pictures" : "evaluation, batch norm folded")
    .addOption(new Option("--network <name>", "network").choices(networkNames).default("inception-v3"))
    .option("--size <pixels>", "height and width of the input (default: the paper's)", wholeNumber)
    .option("-b, --batch <n>", "pictures in a step", wholeNumber, 32)
    .addOption(
      new Option("--precision <format>", "arithmetic").choices(["auto", "float32", "bfloat16"]).default("auto"),
    )
    .option("--steps <n>", "steps that count", wholeNumber, 10)
    .option("--warmup <n>", "steps before them that do not", wholeNumber, 2)
    .option("--turns", "take turns with other programs: a measurement for each line `go` on standard input")
    .option("--json", "print the result as one JSON document")
    .action(async ({ json, turns, ...given }: Options) => {
      const options = { ...given, size: given.size ?? canonical[given.network].size };
      const { measureRate, takeTurns } = await import("../../bench/rate.ts");
      if (turns) return takeTurns(kind, options, createInterface({ input: process.stdin }), print);
      const result = await measureRate(kind, options);
      if (json) return printJson("inception.bench/1", { kind, ...options, ...result });
      const { imagesPerSecond, median, limitShare, precision } = result;
      print(
        `${kind} ${options.network} ${options.size} px, batch ${options.batch}, ${precision}: ` +
          `${imagesPerSecond.toFixed(2)} images/s (median step ${median.toFixed(3)} s), ${(100 * limitShare).toFixed(0)}% of the conv-rate limit`,
      );
    });

const help = `
Examples:
  inception bench train                                  Inception V3 at 299 pixels, batch 32
  inception bench train --network googlenet              GoogLeNet at 224
  inception bench eval --precision float32 --batch 16 --steps 5 --json`;
