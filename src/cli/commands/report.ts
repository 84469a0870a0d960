// inception report: what a run has learned, as one HTML file.
import type { Command } from "commander";
import { acts, flag, type OptionsOf, text, wholeNumber } from "../options.ts";
import { print, printJson } from "../print.ts";

const options = {
  output: text("<file>", "write there (default: report.html in its folder, of several in this one)", { short: "o" }),
  pictures: wholeNumber("<megabytes>", "room for pictures in the file; 0: none", {
    least: 0,
    most: 1000,
    standard: 5,
  }),
  json: flag("print what was written as one JSON document"),
};

export function registerReport(program: Command): void {
  acts(program.command("report"), options, run)
    .description("write what a run has learned as one HTML file: verdict, curves, classes, mistakes, calibration")
    .argument(
      "[run...]",
      "a run folder, a folder that inception eval or ablate wrote, or several runs (default: the newest run)",
    )
    .addHelpText("after", help);
}

const help = `
The file opens offline in any browser and fetches nothing. Classes, mistakes and
calibration are those of the run's newest evaluation (inception eval). Training
and evaluation write it by themselves. Several runs are set against each other:
accuracies, the verdict of inception compare with the first, and curves.

Examples:
  inception report
  inception report runs/train/photos-1 -o photos.html
  inception report runs/train/photos-1/eval/step-240-average --pictures 20
  inception report runs/train/plain-1 runs/train/smoothed-1
  inception report runs/ablate/table3`;

async function run(paths: string[], { output, pictures, json }: OptionsOf<typeof options>): Promise<void> {
  const { writeReport } = await import("../reporting.ts");
  const written = await writeReport(paths, { output, megabytes: pictures });
  if (json) return printJson({ schema: "inception.report/1", ...written });
  const { file, bytes, remarks } = written;
  for (const remark of remarks) print(remark);
  print(`written to ${file} (${(bytes / 1e6).toFixed(1)} MB)`);
}
