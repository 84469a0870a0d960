// Writes an ablation's results into its folder, in every format.
import { join } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { drawCurves } from "./curves.ts";
import { toCsv, toDocument, toLatex, toMarkdown } from "./formats.ts";
import type { Results } from "./results.ts";

export type Report = { readonly names: readonly string[]; readonly document: object };

/** Replaces the files of an earlier sitting. */
export function writeReport(folder: string, results: Results): Report {
  const document = toDocument(results);
  const files: Readonly<Record<string, string>> = {
    "table.md": toMarkdown(results),
    "table.csv": toCsv(results),
    "table.tex": toLatex(results),
    "table.json": `${JSON.stringify({ schema: "inception.ablate/1", ...document }, null, 2)}\n`,
    ...drawCurves(folder, results),
  };
  for (const [name, text] of Object.entries(files)) replaceDurably(nodeFs, join(folder, name), text);
  return { names: Object.keys(files), document };
}
