// An ablation's results as Markdown, CSV and LaTeX.
import { toCsv as formatCsv } from "../report/csv.ts";
import type { RowDifference, RowStatistics } from "../statistics/ablation.ts";
import type { AblationResults, CellResult, RowResult } from "./results.ts";
import { failures, remarks, resultTable, rowChanges } from "./table.ts";

/** The table with its remarks, what each row changes, and the run folder of every figure. */
export function toMarkdown(results: AblationResults): string {
  const { header, rows } = resultTable(results);
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const failed = failures(results);
  return [
    `# ${results.name}`,
    "",
    line(header),
    line(header.map((_, i) => (i === 0 ? "---" : "---:"))),
    ...rows.map(line),
    "",
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
export function toCsv({ rows }: AblationResults): string {
  const records = rows.map(csvRecord);
  const header = Object.keys(records[0]!);
  return formatCsv([header, ...records.map((record) => Object.values(record).map((value) => value ?? null))]);
}

const csvRecord = ({
  name,
  cost,
  cells,
  top1,
  top5,
  paper,
}: RowResult): Record<string, string | number | undefined> => ({
  row: name,
  parameters: cost.parameters,
  training_parameters: cost.trainingParameters,
  multiply_adds: cost.multiplyAdds,
  seeds_done: top1.seeds.length,
  seeds_planned: cells.length,
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
  [`${name}_interval_over`]: error?.basis,
});

const differenceColumns = (name: string, found: RowDifference | null) => ({
  [name]: scaled(found?.mean),
  [`${name}_low95`]: scaled(found?.interval?.low),
  [`${name}_high95`]: scaled(found?.interval?.high),
  [`${name}_test`]: found?.test,
  [`${name}_p`]: found?.p,
  [`${name}_p_holm`]: found?.adjustedP,
  [`${name}_verdict`]: found?.verdict,
});

const scaled = (share: number | null | undefined): number | undefined =>
  share === null || share === undefined ? undefined : 100 * share;

/** A float for a document with the booktabs package; the narrow table, as pages are narrow. */
export function toLatex(results: AblationResults): string {
  const { header, rows } = resultTable(results, { narrow: true });
  const line = (cells: readonly string[]): string => `${cells.map(escapeLatex).join(" & ")} \\\\`;
  return [
    "% needs \\usepackage{booktabs}",
    "\\begin{table}",
    "\\centering\\footnotesize",
    `\\begin{tabular}{l${"r".repeat(header.length - 1)}}`,
    "\\toprule",
    line(header),
    "\\midrule",
    ...rows.map(line),
    "\\bottomrule",
    "\\end{tabular}",
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
