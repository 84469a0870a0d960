// inception checkpoint list|verify|diff|prune: the checkpoints of a run.
import type { Command } from "commander";
import { acts, flag, type OptionsOf, wholeNumber } from "../options.ts";
import { print, printJson } from "../print.ts";

const listOptions = { json: flag("print the list as one JSON document") };
const verifyOptions = { json: flag("print what was found as one JSON document") };
const diffOptions = { json: flag("print the differences as one JSON document") };
const pruneOptions = {
  keep: wholeNumber("<n>", "how many of the newest stay, beside the best", { standard: 1 }),
  dryRun: flag("say what would go, and leave it"),
  json: flag("print what went as one JSON document"),
};
const aRun = "a run folder (default: the newest run)";

export function registerCheckpoint(program: Command): void {
  const checkpoint = program
    .command("checkpoint")
    .description("list, verify, compare and remove the checkpoints of a run")
    .addHelpText("after", help);
  acts(checkpoint.command("list"), listOptions, runList)
    .description("a line for each, the newest first")
    .argument("[run]", aRun);
  acts(checkpoint.command("verify"), verifyOptions, runVerify)
    .description("read all of them: hashes, shapes, finite numbers; ends with 8 if one is damaged")
    .argument("[path...]", "run folders or single checkpoints (default: the newest run)");
  acts(checkpoint.command("diff"), diffOptions, runDiff)
    .description("what tells two apart, to the last bit; ends with 8 if anything does")
    .argument("<first>", "a checkpoint, or a run: its newest one")
    .argument("<second>", "another");
  acts(checkpoint.command("prune"), pruneOptions, runPrune)
    .description("remove old ones; the newest that verifies and the best always stay")
    .argument("[run]", aRun);
}

async function runList(run: string | undefined, { json }: OptionsOf<typeof listOptions>): Promise<void> {
  const { overview } = await import("../../checkpoint/overview.ts");
  const { checkpointsOf, describeList } = await import("../checkpoint-report.ts");
  const folder = checkpointsOf(run);
  const checkpoints = overview(folder);
  if (json) printJson({ schema: "inception.checkpoint-list/1", folder, checkpoints });
  else print(describeList(folder, checkpoints));
}

async function runVerify(paths: string[], { json }: OptionsOf<typeof verifyOptions>): Promise<void> {
  const { verifyAll } = await import("../checkpoint-report.ts");
  const { exitCodes } = await import("../../errors.ts");
  const checked = verifyAll(paths, json ? () => {} : print);
  if (json)
    printJson({ schema: "inception.checkpoint-verify/1", ok: checked.every(({ ok }) => ok), checkpoints: checked });
  if (!checked.every(({ ok }) => ok)) process.exitCode = exitCodes.checkFailed;
}

async function runDiff(first: string, second: string, { json }: OptionsOf<typeof diffOptions>): Promise<void> {
  const { difference } = await import("../../checkpoint/difference.ts");
  const { describeDifference, readNamed } = await import("../checkpoint-report.ts");
  const { exitCodes } = await import("../../errors.ts");
  const [a, b] = [readNamed(first), readNamed(second)];
  const found = difference(a.checkpoint, b.checkpoint);
  if (json) printJson({ schema: "inception.checkpoint-diff/1", first: a.path, second: b.path, ...found });
  else print(describeDifference([a.path, b.path], found));
  if (!found.equal) process.exitCode = exitCodes.checkFailed;
}

async function runPrune(
  run: string | undefined,
  { keep, dryRun = false, json }: OptionsOf<typeof pruneOptions>,
): Promise<void> {
  const { pruneRun } = await import("../checkpoint-report.ts");
  const { removed, kept, bytes } = pruneRun(run, keep, dryRun);
  if (json) return printJson({ schema: "inception.checkpoint-prune/1", dryRun, removed, kept, bytes });
  const megabytes = `${(bytes / 1e6).toFixed(1)} MB`;
  for (const path of removed) print(`${dryRun ? "would go" : "removed"}  ${path}`);
  print(`${kept.length} stay, ${megabytes} ${dryRun ? "would be" : "are"} free`);
}

const help = `
Examples:
  inception checkpoint list
  inception checkpoint verify runs/train/photos-1
  inception checkpoint diff runs/train/a-1 runs/train/b-1
  inception checkpoint prune runs/train/photos-1 --keep 2 --dry-run`;
