// inception eval: the error of a trained network, or of several together, on a set of pictures.
import type { Command } from "commander";
import { exitCodes, UserError } from "../../errors.ts";
import type { EvaluationEnd } from "../../results/evaluate-models.ts";
import type { EvaluationRequest, Stopped } from "../../results/score-models.ts";
import { engineOptions } from "../engine-options.ts";
import { jpegReductionOption } from "../jpeg-reduction-option.ts";
import { acts, choice, flag, text, texts, wholeNumber } from "../options.ts";
import { note, print, printJson } from "../print.ts";
import { stopOnRequest } from "../stop.ts";
import { viewOptions } from "../view-options.ts";
import { weightsOptions } from "../weights-options.ts";

type Options = EvaluationRequest & {
  checkpoint: "last" | "best";
  raw?: boolean;
  fromSaved?: string[];
  shard?: string;
  cropsPreview?: string;
  each?: boolean;
  csv?: string;
  threads?: number;
  json?: boolean;
};

const options = {
  data: text("<source>", "pictures to evaluate on (default: the run's validation pictures)"),
  labels: text("<file>", "names for the labels 0, 1, 2 ... of a list given with --data: one class on each line"),
  subset: flag("--data may have only some of the models' classes: figures over all classes, and within these", {
    conflicts: ["fromSaved"],
  }),
  limit: wholeNumber("<n>", "at most so many of them, at even distances"),
  crops: choice("<protocol>", "looks at each picture; 36 is ours, the others are published", {
    choices: ["single", "10", "12", "36", "144"],
    standard: "single",
  }),
  average: choice("<what>", "what is averaged over crops and models", {
    choices: ["probabilities", "logits"],
    standard: "probabilities",
  }),
  ...viewOptions(["fromSaved"]),
  ...weightsOptions(),
  precision: choice("<format>", "arithmetic", { choices: ["auto", "float32", "bfloat16"], standard: "auto" }),
  jpegReduction: jpegReductionOption(),
  batch: wholeNumber("<n>", "pictures or crops at a time", { short: "b" }),
  ...engineOptions(),
  onBadImage: choice("<policy>", "an unreadable picture", { choices: ["fail", "skip"], standard: "fail" }),
  shard: text("<part>", "only a share of the pictures, as in 3/16, for --from-saved", {
    conflicts: ["fromSaved", "each", "csv", "cropsPreview", "blacklist", "groups", "real"],
  }),
  fromSaved: texts("<folder...>", "average stored results, and put shards together; needs no engine", {
    conflicts: ["data", "labels", "limit", "crops", "average", "jpegReduction", "batch", "cropsPreview"],
  }),
  each: flag("a result for each model, no ensemble; one that fails does not stop the others", {
    conflicts: ["fromSaved", "cropsPreview"],
  }),
  csv: text("<file>", "with --each: a row for each model, with figures, protocol and cost"),
  cropsPreview: text("<image>", "draw all crops of a picture on one sheet (PNG) instead"),
  blacklist: text("<file>", "give the errors without the pictures on a list, too: a name or number on each line"),
  groups: text("<file>", "pictures that belong together, as of one object: CSV with path and group"),
  real: text("<file>", "top-1 with several right labels for a picture, too: ReaL's .json, path,label (.csv) or .jsonl"),
  backgroundClass: flag("drop the models' first class, which no picture has", { conflicts: ["fromSaved"] }),
  output: text("<folder>", "write the result there (default: <run>/eval, runs/eval for an ensemble)", { short: "o" }),
  json: flag("print the result as one JSON document"),
};

export function registerEval(program: Command): void {
  acts(program.command("eval"), options, run)
    .alias("validate")
    .description(
      "evaluate runs or checkpoints: errors with 95% intervals, figures for each class, confusions, calibration",
    )
    .argument(
      "[model...]",
      "a run folder, a checkpoint, an ONNX file or the name of imported weights; several are an ensemble (default: the newest run)",
    )
    .addHelpText("after", help);
}

const help = `
An interrupted evaluation (Ctrl-C, exit 75) continues where it stopped when the
same command is given again.

Examples:
  inception eval                  the newest run on its validation pictures
  inception eval runs/train/quickstart-1 --data photos/test --json
  inception eval runs/train/quickstart-1/checkpoints/step-000000240 --raw
  inception eval runs/train/birds-1 --data val.csv --labels names.txt
  inception eval runs/train/imagenet-1 --data val.csv --real real.json
  inception eval runs/train/birds-1 --data photos/owls --subset
  inception eval runs/train/birds-1 --preset timm --size 320 --crop-share 0.95
  inception eval runs/train/birds-1 --fit letterbox
  inception eval runs/train/birds-1 --crops 144
  inception eval runs/train/birds-1 runs/train/birds-2 --crops 12  (an ensemble)
  inception eval --each runs/train/* --data photos/test --csv results.csv
  inception eval --from-saved runs/train/birds-1/eval/step-240-average \\
      runs/train/birds-2/eval/step-240-average
  inception eval runs/train/birds-1 --crops 144 --shard 3/16 -o parts/3
  inception eval --from-saved 'parts/*' -o runs/eval/birds-144
  inception eval runs/train/birds-1 --crops 144 --crops-preview holiday.jpg`;

async function run(paths: string[], options: Options): Promise<void> {
  if (options.cropsPreview !== undefined) {
    const { writeCropsPreview } = await import("../crops-preview.ts");
    return writeCropsPreview(options.cropsPreview, paths, options);
  }
  if (options.csv !== undefined && !options.each)
    throw new UserError("usage", "--csv is the table of --each, which is not given");
  const { signal, done } = stopOnRequest("finishing this batch");
  try {
    if (options.shard !== undefined) return await evaluateShard(paths, options.shard, options, signal);
    if (options.each) return await evaluateEach(paths, options, signal);
    const end = await evaluate(paths, options, signal);
    if ("stopped" in end) return tellStopped(end);
    const { result, folder } = end;
    const { evaluationDocument } = await import("../../results/evaluation-document.ts");
    const { describeEvaluation } = await import("../evaluation-report.ts");
    if (options.json) printJson({ ...evaluationDocument(result), folder });
    else print(`${describeEvaluation(result)}\n\nwritten to ${folder}`);
    const { refreshReportAround } = await import("../reporting.ts");
    const report = await refreshReportAround(folder);
    if (report !== undefined) note(`report     ${report}`);
  } finally {
    done();
  }
}

function tellStopped({ stopped: { path, done, listed } }: Stopped): void {
  process.exitCode = exitCodes.stopped;
  note(`Stopped after ${done} of ${listed} pictures (${path}).\nGive the same command again to continue.`);
}

async function evaluateShard(
  paths: readonly string[],
  text: string,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const { readShard } = await import("../../evaluate/shard.ts");
  const { evaluateShardAloud } = await import("../evaluation.ts");
  const shard = readShard(text);
  const end = await evaluateShardAloud(await openModels(paths, options), shard, options, signal);
  if ("stopped" in end) return tellStopped(end);
  const { folders, pictures, rejected } = end;
  if (options.json) return printJson({ schema: "inception.eval-shard/1", ...shard, pictures, rejected, folders });
  const { first, last, listed } = pictures;
  const left = rejected.length > 0 ? `, ${rejected.length} of them unreadable` : "";
  print(`shard ${shard.part}/${shard.of}: pictures ${first} to ${last} of ${listed}${left}`);
  print(`written to ${folders.join(", ")}`);
}

async function evaluateEach(paths: readonly string[], options: Options, signal: AbortSignal): Promise<void> {
  if (paths.length === 0)
    throw new UserError(
      "usage",
      "--each takes the runs or checkpoints to evaluate, such as runs/train/*, and got none",
    );
  const { evaluateEachAloud } = await import("../evaluations.ts");
  const { checkpoint, raw = false } = options;
  await evaluateEachAloud(paths, { which: checkpoint, raw }, options, signal);
}

async function evaluate(paths: readonly string[], options: Options, signal: AbortSignal): Promise<EvaluationEnd> {
  const { fromSaved } = options;
  if (fromSaved === undefined) {
    const { evaluateAloud } = await import("../evaluation.ts");
    return evaluateAloud(await openModels(paths, options), options, signal);
  }
  if (paths.length > 0)
    throw new UserError("usage", `--from-saved takes stored results and no models, got ${paths.join(", ")}`);
  const { recombine } = await import("../../results/evaluate-models.ts");
  const { namedFolders } = await import("../../images/sources/named.ts");
  const { warnings, ...end } = recombine(await namedFolders(fromSaved), options);
  for (const warning of warnings) note(`warning: ${warning}`);
  return end;
}

async function openModels(paths: readonly string[], { checkpoint, raw = false, jpegReduction }: Options) {
  const { openChosen } = await import("../chosen-model.ts");
  const chosen = paths.length === 0 ? [undefined] : paths;
  return chosen.map((path) => openChosen(path, { which: checkpoint, raw, jpegReduction }));
}
