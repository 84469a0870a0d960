// The command line as one commander program; each command registers itself and loads its work when it runs.
import { Command } from "commander";
import { counted } from "../counted.ts";
import { races } from "../race/listener.ts";
import { packageVersion } from "../version.ts";
import { registerAblate } from "./commands/ablate.ts";
import { registerBench } from "./commands/bench.ts";
import { registerCheckpoint } from "./commands/checkpoint.ts";
import { registerCompare } from "./commands/compare.ts";
import { registerCompletion } from "./commands/completion.ts";
import { registerConfig } from "./commands/config.ts";
import { registerCost } from "./commands/cost.ts";
import { registerData } from "./commands/data.ts";
import { registerDiagram } from "./commands/diagram.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerEval } from "./commands/eval.ts";
import { registerExplain } from "./commands/explain.ts";
import { registerExport } from "./commands/export.ts";
import { registerImport } from "./commands/import.ts";
import { registerInit } from "./commands/init.ts";
import { registerPredict } from "./commands/predict.ts";
import { registerReport } from "./commands/report.ts";
import { registerSetup } from "./commands/setup.ts";
import { registerTrain } from "./commands/train.ts";
import { registerWeights } from "./commands/weights.ts";
import { applyEngineOptions } from "./engine-options.ts";
import { note } from "./print.ts";

/** In the order of `inception --help`. */
const commands = [
  registerSetup,
  registerDoctor,
  registerData,
  registerInit,
  registerTrain,
  registerEval,
  registerReport,
  registerCompare,
  registerAblate,
  registerPredict,
  registerExplain,
  registerCheckpoint,
  registerWeights,
  registerImport,
  registerExport,
  registerConfig,
  registerCost,
  registerDiagram,
  registerBench,
  registerCompletion,
];

export function buildApp(): Command {
  const program = new Command("inception")
    .description("Train, evaluate and measure the Inception networks of arXiv 1512.00567.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .option("-v, --verbose", "show where an error came from")
    .option("--no-color", "no colour, as with NO_COLOR in the environment")
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .hook("preAction", (_program, action) => {
      const options = action.optsWithGlobals<{
        color?: boolean;
        device?: string;
        threads?: number;
        kernels?: string;
      }>();
      if (options.color === false) process.env.NO_COLOR = "1";
      applyEngineOptions(options);
      races.listener = (done, of) =>
        done === 0 && note(`racing the kernels of ${counted(of, "convolution")}, once on this machine`);
    })
    .addHelpText("after", help);
  for (const register of commands) register(program);
  return program;
}

const help = `
Examples:
  $ inception setup                       once for each machine
  $ inception data make shapes && inception train
  $ inception train photos                a folder for each class; all else follows
  $ inception eval                        the newest run

Results go to stdout, everything else to stderr; with --json stdout holds one
JSON document.

Exit codes: 0 done, 1 a bug, 2 usage or config, 3 data, 4 diverged, 5 run
directory in use, 6 no run or usable checkpoint, 7 foreign weights refused,
8 a check failed, 73 disk full, 74 I/O error, 75 stopped with its state saved
(run it again to continue); ended by a signal without saving: 129 (SIGHUP),
130 (Ctrl-C) or 143 (SIGTERM).`;
