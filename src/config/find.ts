// Finds the file of an experiment: a path, the name of a shipped one, or the default.
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { nearest } from "./nearest.ts";

/** The folder of shipped experiments; two levels up from both src/config and dist/config. */
export const shippedFolder = fileURLToPath(new URL("../../configs/", import.meta.url));

const ablationsFolder = join(shippedFolder, "ablations");

/** Names of the shipped experiments. */
export const shippedConfigs = (): Promise<string[]> => namesIn(shippedFolder);

/** Path of the file meant by `nameOrPath`; throws a `usage` UserError where there is none. */
export const findConfig = (nameOrPath: string): Promise<string> =>
  find(nameOrPath, shippedFolder, "config", "file, photographs or shipped config");

/** The same for an ablation file. */
export const findAblation = (nameOrPath: string): Promise<string> =>
  find(nameOrPath, ablationsFolder, "ablation", "file or shipped ablation");

async function find(nameOrPath: string, folder: string, what: string, choices: string): Promise<string> {
  if (existsSync(nameOrPath)) return nameOrPath;
  const shipped = await namesIn(folder);
  if (shipped.includes(nameOrPath)) return fromHere(join(folder, `${nameOrPath}.yaml`));
  const guess = nearest(basename(nameOrPath).replace(/\.(ya?ml|json)$/, ""), [
    ...shipped,
    ...(await besides(nameOrPath)),
  ]);
  throw new UserError("usage", `${nameOrPath}: no such ${choices}${guess}`, {
    hint: `shipped ${what}s: ${shipped.join(", ")}`,
  });
}

/** Names of the files and folders where this path would lie. */
const besides = (path: string): Promise<string[]> => readdir(dirname(path)).catch(() => []);

async function namesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const files = await readdir(folder);
  return files.filter((file) => file.endsWith(".yaml")).map((file) => basename(file, ".yaml"));
}

/** Short where the file lies below the current directory. */
function fromHere(path: string): string {
  const short = relative("", path);
  return short.startsWith("..") ? path : short;
}

export const defaultFile = "inception.yaml";

/** The config used when none is given: ./inception.yaml, else the shipped quickstart. */
export const defaultConfig = (): string => (existsSync(defaultFile) ? defaultFile : "quickstart");
