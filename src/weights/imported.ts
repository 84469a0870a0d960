// Where imported weights are kept: a folder that the other commands take for a run's.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeCheckpoint } from "../checkpoint/store.ts";
import { UserError } from "../errors.ts";
import { makeNumbered } from "../run/folder.ts";
import { runPaths } from "../run/paths.ts";
import type { Imported } from "./import.ts";

/** Writes the checkpoint below `output`, or below `runs/import/<network>-N`. Throws UserError("usage") where a run lies there. */
export function writeImported(
  { checkpoint, match }: Imported,
  output: string | undefined,
): { readonly folder: string; readonly checkpoint: string } {
  if (output !== undefined && existsSync(runPaths(output).info))
    throw new UserError("usage", `${output} is a run, expected a folder for imported weights`);
  const folder = output ?? makeNumbered(join("runs", "import"), match.options.name);
  return { folder, checkpoint: writeCheckpoint(runPaths(folder).checkpoints, checkpoint) };
}
