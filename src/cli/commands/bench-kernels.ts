// inception bench kernels
import type { Command } from "commander";
import { largestSize } from "../../network/options.ts";
import type { Race } from "../../race/race.ts";
import { threads } from "../../runtime/threads.ts";
import { engineOptions } from "../engine-options.ts";
import { networkArgument } from "../network-words.ts";
import { acts, choice, flag, type OptionsOf, repeated, text, wholeNumber } from "../options.ts";
import { print, printJson } from "../print.ts";

/** Of anything that is timed. */
export const mostTurns = 1e6;

const options = {
  size: wholeNumber("<pixels>", "height and width of the input (default: the config's, else the network's own)", {
    most: largestSize,
  }),
  batch: wholeNumber("<n>", "pictures at a time", { short: "b", standard: 8 }),
  precision: choice("<format>", "arithmetic", { choices: ["auto", "float32", "bfloat16"], standard: "auto" }),
  turns: wholeNumber("<n>", "turns that count, the median of which is taken", { most: mostTurns, standard: 5 }),
  set: repeated("<key=value>", "change a key, as in network.width=0.5"),
  threads: engineOptions().threads,
  output: text("<file>", "write what the races choose as a table, for --kernels <file>", { short: "o" }),
  json: flag("print the result as one JSON document"),
};

export function registerBenchKernels(bench: Command): void {
  acts(bench.command("kernels"), options, run)
    .description("TensorFlow's kernels against the project's own, convolution by convolution")
    .argument("[network|config]", networkArgument, "inception-v3");
}

async function run(argument: string, { set, size, json, output, ...asked }: OptionsOf<typeof options>): Promise<void> {
  const { readNetwork } = await import("../network-argument.ts");
  const chosen = await readNetwork(argument, set, size);
  const { choosePrecision } = await import("../../runtime/features.ts");
  const precision = choosePrecision(asked.precision);
  const { race } = await import("../kernel-racing.ts");
  const races = await race({ ...chosen, batch: asked.batch, precision, turns: asked.turns });
  if (output !== undefined) {
    const { choicesOf } = await import("../../race/race.ts");
    (await import("../../race/table.ts")).writeTable(output, choicesOf(races));
  }
  const about = { network: argument, size: chosen.size, batch: asked.batch, precision, threads: threads() };
  if (json) printJson({ schema: "inception.bench-kernels/3", ...about, turns: asked.turns, races: races.map(rowOf) });
  else print((await import("../kernel-races.ts")).describe(races, about));
}

const rowOf = ({ convolution: { window, ...of }, pass, multiplyAdds, found }: Race) => ({
  input: of.input,
  output: of.output,
  filter: of.filter,
  stride: window.stride,
  dtype: of.dtype,
  parts: of.parts,
  layers: of.layers,
  pass,
  multiplyAdds,
  tensorflow: found.tensorflow ?? null,
  plain: found.plain ?? null,
  fast: found.fast ?? null,
});
