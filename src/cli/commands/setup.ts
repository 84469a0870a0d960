// inception setup
import type { Command } from "commander";
import { acts, choice, flag, type OptionsOf } from "../options.ts";
import { note, print, printJson } from "../print.ts";

const options = {
  force: flag("download and compile again, whatever is there"),
  device: choice("<which>", "what it is to compute on", { choices: ["cpu", "cuda"], standard: "cpu" }),
  json: flag("print the result as JSON"),
};

export function registerSetup(program: Command): void {
  acts(program.command("setup"), options, run)
    .description("get TensorFlow and compile the engine's addon, once for each machine")
    .addHelpText("after", help);
}

async function run({ force = false, device, json }: OptionsOf<typeof options>): Promise<void> {
  const { setUp } = await import("../../runtime/setup/setup.ts");
  const { byteProgress } = await import("../download.ts");
  let progress: ReturnType<typeof byteProgress> | undefined;
  const onBytes = (bytes: number, expected: number | undefined): void => {
    progress ??= byteProgress();
    progress.update(bytes, expected);
  };
  const result = await setUp({ force, note, onBytes }).finally(() => progress?.stop());
  if (json) return printJson({ schema: "inception.setup/1", ...result });
  print(`TensorFlow ${result.tensorflow} is ready (${result.folder}).`);
  if (device === "cuda" && !result.gpu)
    note("It sees no GPU that it can use here: `inception doctor --device cuda` says why.");
}

const help = `
TensorFlow is looked for in this order: the folder named by
INCEPTION_TENSORFLOW, the cache ($XDG_CACHE_HOME/inception or
~/.cache/inception), and the official wheel, fetched through python3 -m pip
where there is one and from PyPI otherwise. The wheel's sha256 is pinned.

Examples:
  $ inception setup
  $ INCEPTION_TENSORFLOW=/opt/venv/lib/python3.12/site-packages/tensorflow \\
      inception setup
  $ inception setup --device cuda    for an NVIDIA GPU: 2.9 GB, unpacked 4.7
  $ inception setup --force          after a damaged cache`;
