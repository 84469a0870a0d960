// The work of `inception init`.
import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { starterYaml } from "../config/starter.ts";
import { UserError } from "../errors.ts";
import { explainIoError } from "../io-error.ts";
import { lineWidth, wrap } from "./print.ts";
import { recipeWords } from "./recipe-words.ts";
import type { Changes } from "./shorthands.ts";
import { openNew } from "./training-experiment.ts";

/** What the pictures are, in a line. Throws UserError("usage") where the file is there already. */
export async function writeStarter(photographs: string, output: string, asked: Changes): Promise<string> {
  if (existsSync(output))
    throw new UserError("usage", `${output} is there already, and stays as it is`, { hint: "-o names another file" });
  const { experiment, sets } = await openNew(photographs, asked);
  const { train, validation } = sets;
  const counts = train.classes.map(() => 0);
  for (const { label } of train.items) counts[label]! += 1;
  const found =
    `${train.items.length} pictures of ${train.classes.length} classes to train on (${Math.min(...counts)} to ` +
    `${Math.max(...counts)} of each), ${validation.items.length} to validate on`;
  const text = starterYaml(
    { ...experiment, data: { ...experiment.data, train: besideFile(experiment.data.train, output) } },
    [
      `${found}.`,
      recipeWords(experiment, train.items.length),
      "All keys: inception config show, and what they mean: inception config schema",
    ].flatMap((text) => wrap(text, lineWidth - 2)),
  );
  try {
    replaceDurably(nodeFs, output, text);
  } catch (error) {
    throw explainIoError(error, "writing", output, text.length);
  }
  return found;
}

/** As seen from the file where that is a path below it. */
function besideFile(source: string, file: string): string {
  const path = relative(dirname(resolve(file)), source);
  return path.startsWith("..") ? source : path;
}
