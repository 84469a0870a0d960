// npm run bench: how fast the complete Inception V3 trains and classifies here, beside its peers. See README.md.
import { availableParallelism, cpus, freemem } from "node:os";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { note, print } from "../../src/cli/print.ts";
import { exitCodes } from "../../src/errors.ts";
import { type Device, deviceVariable, gpus } from "../../src/runtime/device.ts";
import { choosePrecision, type Precision } from "../../src/runtime/features.ts";
import { measure } from "./measure.ts";
import { type Mode, memoryOf, peersReady, type Race, type RaceOptions, racesOf } from "./races.ts";
import { formatReport, goalsOf, type RaceResult } from "./report.ts";

interface Flags {
  mode: "all" | Mode;
  precision: "all" | Precision;
  device: Device;
  size: number;
  batch: number;
  steps: number;
  warmup: number;
  rounds: number;
  data?: string;
  quick?: boolean;
  json?: boolean;
}

const count = (text: string): number => {
  const value = Number(text);
  if (!(Number.isInteger(value) && value > 0)) throw new InvalidArgumentError("It must be a whole number above 0.");
  return value;
};
const defaultData = process.env.INCEPTION_TEST_DATA && join(process.env.INCEPTION_TEST_DATA, "imagenette-train.tar");

const program = new Command("npm run bench --")
  .description(
    "Measures training and inference of the complete Inception V3, and training of a small network, beside peers.",
  )
  .addOption(new Option("--mode <mode>").choices(["all", "train", "eval", "small"]).default("all"))
  .addOption(new Option("--precision <precision>").choices(["all", "float32", "bfloat16"]).default("all"))
  .addOption(new Option("--device <device>", "what computes").choices(["cpu", "cuda"]).default("cpu"))
  .option("--size <pixels>", "height and width of the input", count, 299)
  .option("--batch <pictures>", "pictures in a step", count, 32)
  .option("--steps <count>", "steps in a turn", count, 3)
  .option("--warmup <count>", "steps before the first turn", count, 2)
  .option("--rounds <count>", "turns of each contestant", count, 5)
  .option("--data <source>", "photographs for end-to-end training (a folder or a tar archive)", defaultData)
  .option("--quick", "tiny sizes: shows that everything runs, says nothing about speed")
  .option("--json", "one JSON document instead of tables")
  .action(run);

await program.parseAsync();

async function run(written: Flags): Promise<void> {
  const flags = written.quick ? { ...written, size: 107, batch: 2, steps: 1, warmup: 1, rounds: 2 } : written;
  process.env[deviceVariable] = flags.device;
  const options: RaceOptions = {
    ...flags,
    root: resolve(import.meta.dirname, "../../../../.."), // from test/bench/.build/test/bench/
    modes: flags.mode === "all" ? ["train", "eval", "small"] : [flags.mode],
    precisions: precisionsOf(flags.precision),
    data: flags.data ? resolve(flags.data) : undefined,
  };
  if (options.data === undefined) note("No photographs given (--data): training end to end is left out.");
  if (flags.device === "cpu" && !peersReady())
    note("The peers are not set up: run `sh test/bench/peers/setup.sh` first.");
  const results: RaceResult[] = [];
  for (const race of racesOf(options)) {
    results.push(await measure(race, { rounds: flags.rounds, together: fits(race, options), say: note }));
  }
  const document = { schema: "inception.speed/1", machine: machine(), options, results, goals: goalsOf(results) };
  if (flags.json) print(JSON.stringify(document, null, 2));
  else print(`${machine()}, ${options.size} px, batch ${options.batch}\n\n${formatReport(results)}`);
  if (flags.quick) note("These were tiny sizes: the figures and goals above say nothing about real speed.");
  if (results.some(({ measurements }) => measurements.some(({ failure }) => failure !== null))) process.exitCode = 1;
}

/** bfloat16 only where the processor multiplies it: an emulation's speed would mislead. */
function precisionsOf(wish: Flags["precision"]): Precision[] {
  if (wish !== "float32" && choosePrecision("auto") === "float32") {
    const reason = "This processor has no bfloat16 arithmetic (AVX512_BF16 or AMX)";
    if (wish === "bfloat16") program.error(`${reason}.`, { exitCode: exitCodes.usage });
    note(`${reason}: bfloat16 is left out.`);
    return ["float32"];
  }
  return wish === "all" ? ["float32", "bfloat16"] : [wish];
}

function fits(race: Race, options: RaceOptions): boolean {
  const together = race.contestants.length * memoryOf(race.kind, options) < 0.9 * freemem();
  if (!together) note(`${race.title}: too little memory for all at once; each is started anew for each turn.`);
  return together;
}

function machine(): string {
  if (process.env[deviceVariable] === "cuda") return gpus()[0]?.name ?? "unknown GPU";
  return `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores`;
}
