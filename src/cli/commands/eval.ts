// inception eval: a trained network's error on a set of pictures.
import { type Command, Option } from "commander";
import { exitCodes, UserError } from "../../errors.ts";
import type { Model } from "../../evaluate/model.ts";
import type { Evaluated } from "../evaluation.ts";
import { formatTable, note, print, printJson } from "../print.ts";
import { stopOnRequest } from "../stop.ts";

type Options = {
  data?: string;
  output?: string;
  checkpoint: "last" | "best";
  raw?: boolean;
  precision: "auto" | "float32" | "bfloat16";
  batch?: number;
  onBadImage: "fail" | "skip";
  json?: boolean;
};

export function registerEval(program: Command): void {
  program
    .command("eval")
    .alias("validate")
    .description("evaluate a run or checkpoint: top-1 and top-5, loss, counts for each class, 95% intervals")
    .argument("[model]", "a run folder or a checkpoint (default: the newest run)")
    .option("--data <source>", "pictures to evaluate on (default: the run's validation pictures)")
    .addOption(
      new Option("--checkpoint <which>", "which of a run's checkpoints").choices(["best", "last"]).default("best"),
    )
    .option("--raw", "the raw weights instead of their running average")
    .addOption(
      new Option("--precision <format>", "arithmetic").choices(["auto", "float32", "bfloat16"]).default("auto"),
    )
    .option("-b, --batch <n>", "pictures at a time", wholeNumber)
    .addOption(new Option("--on-bad-image <policy>", "an unreadable picture").choices(["fail", "skip"]).default("fail"))
    .option("-o, --output <folder>", "write summary.json and predictions.jsonl there (default: <run>/eval)")
    .option("--json", "print the result as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  inception eval                                     the newest run on its validation pictures
  inception eval runs/train/quickstart-1 --data photos/test --json
  inception eval runs/train/quickstart-1/checkpoints/step-000000240 --raw`,
    )
    .action(run);
}

async function run(path: string | undefined, options: Options): Promise<void> {
  const { signal, done } = stopOnRequest("after this batch");
  const { evaluateModel, openChosen, summaryDocument, writeResults } = await import("../evaluation.ts");
  try {
    const model = openChosen(path, { which: options.checkpoint, raw: options.raw ?? false });
    const result = await evaluateModel(model, options, signal);
    if (signal.aborted) {
      process.exitCode = exitCodes.stopped;
      return note("Stopped before the end; nothing was written.");
    }
    const folder = writeResults(model, result, options.output);
    const document = summaryDocument(model, result);
    if (options.json) printJson("inception.eval/1", { ...document, folder });
    else print(`${report(model, result)}\n\nwritten to ${folder}`);
  } finally {
    done();
  }
}

function report(model: Model, { summary, listed, rejected }: Evaluated): string {
  const rate = ({ value, interval }: { value: number; interval: { low: number; high: number } }): string =>
    `${(100 * value).toFixed(2)}%  (95%: ${(100 * interval.low).toFixed(2)} to ${(100 * interval.high).toFixed(2)})`;
  const head = [
    `model      ${model.path} (step ${model.step}, ${model.kind} weights)`,
    `pictures   ${summary.n} evaluated of ${listed} listed${rejected.length ? `, ${rejected.length} unreadable` : ""}`,
    `top-1      ${rate(summary.top1)}`,
    `top-5      ${rate(summary.top5)}`,
    `loss       ${summary.loss.toFixed(4)}`,
  ];
  const rows = summary.perClass.map(({ n, correct }, i) => [
    model.classes[i]!,
    n,
    correct,
    n ? `${((100 * correct) / n).toFixed(1)}%` : "-",
  ]);
  return `${head.join("\n")}\n\n${formatTable(["class", "pictures", "right", "top-1"], rows)}`;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UserError("usage", `expected a whole number above 0, got "${text}"`);
}
