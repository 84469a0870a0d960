// inception setup
import type { Command } from "commander";
import { note, print, printJson } from "../print.ts";

export function registerSetup(program: Command): void {
  program
    .command("setup")
    .description("get TensorFlow and compile the engine's addon, once for each machine")
    .option("--force", "download and compile again, whatever is there")
    .option("--json", "print the result as JSON")
    .addHelpText("after", help)
    .action(async (options: { force?: boolean; json?: boolean }) => {
      const { setUp } = await import("../../runtime/setup/setup.ts");
      const { byteProgress } = await import("../../runtime/setup/progress.ts");
      const progress = byteProgress();
      const result = await setUp({ force: options.force ?? false, note, onBytes: progress.update }).finally(
        progress.stop,
      );
      if (options.json) return printJson({ schema: "inception.setup/1", ...result });
      print(`TensorFlow ${result.tensorflow} is ready (${result.folder}).`);
    });
}

const help = `
TensorFlow is looked for in this order: the folder named by INCEPTION_TENSORFLOW, the cache
($XDG_CACHE_HOME/inception or ~/.cache/inception), the official wheel through python3 -m pip, and
at last the old library that @tensorflow/tfjs-node downloads by itself.

Examples:
  $ inception setup
  $ INCEPTION_TENSORFLOW=~/venv/lib/python3.12/site-packages/tensorflow inception setup
  $ inception setup --force          after a damaged cache`;
