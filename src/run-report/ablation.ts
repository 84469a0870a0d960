// The report of an ablation: its table with intervals drawn, and its curves.
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { curves, drawCurve, readLogs } from "../ablate/curves.ts";
import { type AblationDocument, ablationResultsSchema } from "../ablate/document.ts";
import { parseJson } from "../checkpoint/json.ts";
import { UserError } from "../errors.ts";
import { drawing, type Html, html, name } from "../report/html.ts";
import { intervalChart } from "../report/interval-chart.ts";
import { htmlPage } from "../report/page.ts";
import { table } from "../report/table.ts";
import { withoutHome } from "../run/info.ts";
import type { Report } from "./report.ts";

const tableFile = "table.json";
export const isAblation = (path: string): boolean => existsSync(join(path, tableFile));

/** Throws UserError("data") where the table cannot be read. */
export function ablationReport(path: string): Report {
  const document = readTable(join(path, tableFile));
  const { seeds, pictures, crops, remarks, warnings } = document;
  const logs = readLogs(path, document);
  const drawn = Object.values(curves).flatMap((curve) => drawCurve(curve, logs) ?? []);
  const body = html`<header><h1>${name(document.name)}</h1><p class="plain">${name(withoutHome(path))}: ${document.rows.length} rows, seeds ${seeds.join(", ")}, ${pictures.toLocaleString("en-US")} pictures, ${crops} crops</p></header>
<main>${results(document)}
${[...warnings, ...remarks].length > 0 && html`<ul>${[...warnings, ...remarks].map((remark) => html`<li>${remark}</li>`)}</ul>`}
<section id="curves"><h2>Curves</h2>${drawn.map(drawing)}</section></main>`;
  return {
    text: htmlPage(`Report of ${basename(resolve(path))}`, body),
    evaluation: undefined,
    pictures: 0,
    drawings: {},
    remarks: [],
  };
}

function readTable(file: string): AblationDocument {
  try {
    return ablationResultsSchema.parse(parseJson(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new UserError("data", `${file} is not the table of an ablation`, {
      hint: "inception ablate, given the same file again, writes it anew",
      cause,
    });
  }
}

function results({ rows }: AblationDocument): Html {
  const drawn = rows.flatMap(({ name, top1: { error } }) =>
    error
      ? [
          {
            name,
            value: 100 * error.mean,
            low: 100 * (error.wideInterval ?? error.interval).low,
            high: 100 * (error.wideInterval ?? error.interval).high,
          },
        ]
      : [],
  );
  return html`<section id="table"><h2>Top-1 errors</h2>
${drawn.length > 0 && drawing(intervalChart("Top-1 error with 95% intervals over seeds and pictures", "top-1 error (%)", drawn))}
${table({
  caption: "Errors and differences to the row above and to the first row, in points; below zero is better",
  columns: [
    { head: "row" },
    { head: "top-1 error", number: true },
    { head: "95%", number: true },
    { head: "to the row above", number: true },
    { head: "verdict" },
    { head: "to the first row", number: true },
    { head: "verdict" },
    { head: "parameters", number: true },
    { head: "multiply-adds", number: true },
  ],
  rows: rows.map(({ name: words, cost, top1: { error, previous, base } }) => [
    name(words),
    error ? { show: `${(100 * error.mean).toFixed(2)}%`, by: error.mean } : "",
    error ? ends(error.wideInterval ?? error.interval) : "",
    ...difference(previous),
    ...difference(base),
    { show: cost.parameters.toLocaleString("en-US"), by: cost.parameters },
    { show: cost.multiplyAdds.toLocaleString("en-US"), by: cost.multiplyAdds },
  ]),
})}</section>`;
}

type Difference = AblationDocument["rows"][number]["top1"]["base"];
const difference = (found: Difference): [string, string] =>
  found === null
    ? ["", ""]
    : [
        `${found.mean > 0 ? "+" : ""}${(100 * found.mean).toFixed(2)} (${ends(found.wideInterval ?? found.interval)})`,
        found.verdict,
      ];

const ends = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  `${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)}`;
