// inception data check
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { UserError } from "../../errors.ts";
import { acts, flag, type OptionsOf, text } from "../options.ts";
import { note, print, printJson } from "../print.ts";
import { sources } from "../source-words.ts";

const options = {
  sheet: text("<file>", "draw it, too: copies side by side, what cannot be read, the smallest and largest (PNG)"),
  json: flag("print the result as JSON"),
};

export function registerCheck(data: Command): void {
  acts(data.command("check"), options, run)
    .description("decode every picture: those that cannot be read, copies, near copies, classes of odd sizes")
    .argument("<source...>", sources)
    .addHelpText("after", help);
}

const help = `
Several sources, such as those to train on and to validate on, are held against
each other, too. Exits with 3 when a picture cannot be read.

Examples:
  $ inception data check data/shapes
  $ inception data check photos/train photos/val
  $ inception data check photos --sheet found.png
  $ inception data check 'shards/train-*.tar'
  $ inception data check pictures.tar --json`;

async function run(sources: string[], { sheet, json }: OptionsOf<typeof options>): Promise<void> {
  const { checkSources } = await import("../data-checking.ts");
  const { report, listings } = await checkSources(sources);
  for (const { source, warnings } of report.sources) for (const warning of warnings) note(`${source}: ${warning}`);
  if (json) printJson({ schema: "inception.data-check/2", ...report });
  else print((await import("../data-report.ts")).describe(report));
  if (sheet !== undefined) {
    const { drawFindings } = await import("../data-sheet.ts");
    const { explainIoError } = await import("../../io-error.ts");
    const png = await drawFindings(report, listings);
    await writeFile(sheet, png).catch((error: unknown) => {
      throw explainIoError(error, "writing", sheet, png.length);
    });
    note(`drawn on ${sheet}`);
  }
  for (const { source, pictures, unreadable } of report.sources)
    if (unreadable.length > 0)
      throw new UserError("data", `${source}: ${unreadable.length} of ${pictures} pictures cannot be read`, {
        hint: "remove them, or set data.onBadImage to skip",
      });
}
