// An ablation's results as Markdown, CSV and LaTeX.
import { toCsv as formatCsv } from "../report/csv.ts";
import type { RowDifference, RowStatistics } from "../statistics/ablation.ts";
import { remarks } from "./remarks.ts";
import type { AblationResults, CellResult, RowResult } from "./results.ts";
import { failures, resultTables, rowChanges, type TextTable } from "./table.ts";

/** The tables with their remarks, what each row changes, and the run folder of every figure. */
export function toMarkdown(results: AblationResults): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const table = ({ title, header, rows }: TextTable): string[] => [
    `${escapeMarkdown(title)}:`,
    "",
    line(header),
    line(header.map((_, i) => (i === 0 ? "---" : "---:"))),
    ...rows.map(line),
    "",
  ];
  const failed = failures(results);
  return [
    `# ${results.name}`,
    "",
    ...resultTables(results).flatMap(table),
    ...remarks(results).map((text) => `- ${escapeMarkdown(text)}`),
    "",
    "## Rows",
    "",
    ...results.rows.map((row) => `- **${escapeMarkdown(row.name)}**: ${escapeMarkdown(rowChanges(row))}`),
    "",
    "## Where the figures come from",
    "",
    line(["network", "seed", "top-1 error (%)", "top-5 error (%)", "loss", "run", "evaluation"]),
    line(["---", "---:", "---:", "---:", "---:", "---", "---"]),
    ...results.rows.flatMap(({ name, cells }) => cells.map((cell) => line(cellLine(name, cell)))),
    ...(failed.length > 0 ? ["", "## Cells without a result", ""] : []),
    ...failed.map(({ cell, message, log }) => `- ${escapeMarkdown(cell)}: ${escapeMarkdown(message)} (\`${log}\`)`),
    "",
  ].join("\n");
}

function cellLine(name: string, { seed, figures, state, run, evaluation }: CellResult): string[] {
  const numbers = figures
    ? [percent(figures.top1), percent(figures.top5), figures.loss.toFixed(4)]
    : [state.kind, "", ""];
  return [name, `${seed}`, ...numbers, run, evaluation];
}

/** One line for each row, figures in full; errors and differences in per cent. */
export const toCsv = ({ rows }: AblationResults): string => csvOf(rows.map(csvRecord));

type CsvRecord = Readonly<Record<string, string | number | null | undefined>>;

const csvOf = (records: readonly CsvRecord[]): string =>
  formatCsv([
    Object.keys(records[0]!),
    ...records.map((record) => Object.values(record).map((value) => value ?? null)),
  ]);

const csvRecord = ({ name, cost, cells, top1, top5, paper }: RowResult): CsvRecord => ({
  row: name,
  parameters: cost.parameters,
  training_parameters: cost.trainingParameters,
  multiply_adds: cost.multiplyAdds,
  seeds_done: top1.seeds.length,
  seeds_planned: cells.length,
  seeds_diverged: top1.diverged.length,
  ...errorColumns("top1", top1),
  ...errorColumns("top5", top5),
  ...differenceColumns("top1_to_row_above", top1.previous),
  ...differenceColumns("top1_to_first_row", top1.base),
  paper_imagenet_top1_error: paper?.top1,
  paper_imagenet_top5_error: paper?.top5,
  paper_multiply_adds: paper?.multiplyAdds,
});

const errorColumns = (name: string, { error }: RowStatistics) => ({
  [`${name}_error`]: scaled(error?.mean),
  [`${name}_sd`]: scaled(error?.sd),
  [`${name}_low95`]: scaled(error?.interval.low),
  [`${name}_high95`]: scaled(error?.interval.high),
  [`${name}_interval_by`]: error?.intervalBy,
  [`${name}_low95_with_pictures`]: scaled(error?.wideInterval?.low),
  [`${name}_high95_with_pictures`]: scaled(error?.wideInterval?.high),
});

const differenceColumns = (name: string, found: RowDifference | null) => ({
  [name]: scaled(found?.mean),
  [`${name}_seeds`]: found?.seeds.length,
  [`${name}_low95`]: scaled(found?.interval.low),
  [`${name}_high95`]: scaled(found?.interval.high),
  [`${name}_interval_by`]: found?.intervalBy,
  [`${name}_low95_with_pictures`]: scaled(found?.wideInterval?.low),
  [`${name}_high95_with_pictures`]: scaled(found?.wideInterval?.high),
  [`${name}_test`]: found?.test,
  [`${name}_p`]: found?.p,
  [`${name}_p_holm`]: found?.adjustedP,
  [`${name}_p_table`]: found?.tableP,
  [`${name}_p_exact`]: found?.exactP,
  [`${name}_p_least`]: found?.leastP,
  [`${name}_p_welch`]: found?.unpaired?.p,
  [`${name}_correlation`]: found?.correlation,
  [`${name}_correlation_from`]: found?.leastCorrelation,
  [`${name}_verdict`]: found?.verdict,
});

/** One line for each effect of a grid; undefined elsewhere. */
export function effectsCsv({ effects }: AblationResults): string | undefined {
  if (effects === undefined) return undefined;
  const records = effects.map((effect) => ({
    changes: effect.factors.join(" x "),
    order: effect.factors.length,
    seeds: effect.seeds.length,
    settings: effect.settings,
    top1_effect: scaled(effect.mean),
    low95: scaled(effect.interval?.low),
    high95: scaled(effect.interval?.high),
    low95_with_pictures: scaled(effect.wideInterval.low),
    high95_with_pictures: scaled(effect.wideInterval.high),
    p: effect.p,
    p_holm: effect.adjustedP,
    p_exact: effect.exactP,
    p_least: effect.leastP,
    verdict: effect.verdict,
  }));
  return records.length === 0 ? undefined : csvOf(records);
}

const scaled = (share: number | null | undefined): number | undefined =>
  share === null || share === undefined ? undefined : 100 * share;

/** A float for a document with the booktabs package, the tables one below the other. */
export function toLatex(results: AblationResults): string {
  const line = (cells: readonly string[]): string => `${cells.map(escapeLatex).join(" & ")} \\\\`;
  const table = ({ title, header, rows }: TextTable): string[] => [
    `${escapeLatex(title)}`,
    "",
    `\\begin{tabular}{l${"r".repeat(header.length - 1)}}`,
    "\\toprule",
    line(header),
    "\\midrule",
    ...rows.map(line),
    "\\bottomrule",
    "\\end{tabular}",
    "",
    "\\medskip",
  ];
  return [
    "% needs \\usepackage{booktabs}",
    "\\begin{table}",
    "\\centering\\footnotesize",
    ...resultTables(results).flatMap(table),
    `\\caption{${escapeLatex(remarks(results).join(" "))}}`,
    "\\end{table}",
    "",
  ].join("\n");
}

const percent = (share: number): string => (100 * share).toFixed(2);

const escapeMarkdown = (text: string): string => text.replace(/[\\|*_`<]/g, "\\$&").replace(/\s+/g, " ");

const latexWords: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
};
const escapeLatex = (text: string): string =>
  text
    .replace(/[\\~^<>&%$#_{}]/g, (character) => latexWords[character] ?? `\\${character}`)
    .replace(/"([^"]*)"/g, "``$1''");
