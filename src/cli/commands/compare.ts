// inception compare: two evaluations of the same pictures, and whether their difference is more than chance.
import type { Command } from "commander";
import { acts, flag, type OptionsOf, text } from "../options.ts";
import { print, printJson } from "../print.ts";

const options = {
  groups: text("<file>", "pictures that belong together, as of one object: CSV with path and group"),
  json: flag("print the result as one JSON document"),
};

export function registerCompare(program: Command): void {
  acts(program.command("compare"), options, run)
    .description("compare two evaluations picture by picture: who is right where, and is it more than chance")
    .argument("<A>", "a folder that inception eval wrote, or a run that has one")
    .argument("<B>", "another over the same pictures")
    .addHelpText("after", help);
}

const help = `
The interval of the difference comes from 10,000 resamples of the pictures, p
from McNemar's exact test. A difference counts only where the interval leaves
out zero and p is at most 0.05; otherwise the two are not distinguishable. It
speaks about these two models: one training each says nothing of what training
again would change (inception ablate does).
Results over different pictures are refused (exit 2). With --groups the
difference is judged a second time, with groups instead of pictures for units:
by resampling them, and by a sign-flip test.

Examples:
  inception compare runs/train/plain-1 runs/train/smoothed-1
  inception compare runs/train/birds-1/eval/step-240-average \\
      runs/train/birds-1/eval/step-240-average-144crops --json`;

async function run(pathA: string, pathB: string, { groups, json }: OptionsOf<typeof options>): Promise<void> {
  const { compareResults, openResult } = await import("../../results/pairing.ts");
  const { readGroups } = await import("../../results/groups.ts");
  const together = groups === undefined ? undefined : readGroups(groups);
  const [a, b] = [openResult(pathA), openResult(pathB)];
  const comparison = compareResults(a, b, together);
  const { comparisonDocument } = await import("../../results/comparison-document.ts");
  const { describeComparison } = await import("../comparison-report.ts");
  if (json) printJson(comparisonDocument(a, b, comparison));
  else print(describeComparison(a, b, comparison));
}
