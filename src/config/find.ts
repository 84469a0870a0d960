// Finds the file of an experiment: a path, the name of a shipped one, or the default.
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { nearest } from "./wording.ts";

/** The folder of shipped experiments; two levels up from both src/config and dist/config. */
export const shippedFolder = fileURLToPath(new URL("../../configs/", import.meta.url));

/** Names of the shipped experiments. */
export async function shippedConfigs(): Promise<string[]> {
  const files = await readdir(shippedFolder);
  return files.filter((file) => file.endsWith(".yaml")).map((file) => basename(file, ".yaml"));
}

/** Path of the file meant by `nameOrPath`; throws a `usage` UserError where there is none. */
export async function findConfig(nameOrPath: string): Promise<string> {
  if (existsSync(nameOrPath)) return nameOrPath;
  const shipped = await shippedConfigs();
  if (shipped.includes(nameOrPath)) return fromHere(join(shippedFolder, `${nameOrPath}.yaml`));
  const guess = nearest(basename(nameOrPath).replace(/\.(ya?ml|json)$/, ""), shipped);
  throw new UserError("usage", `${nameOrPath}: no such file or shipped config${guess}`, {
    hint: `shipped configs: ${shipped.join(", ")}`,
  });
}

/** Short where the file lies below the current directory. */
function fromHere(path: string): string {
  const short = relative("", path);
  return short.startsWith("..") ? path : short;
}

/** The config used when none is given: ./inception.yaml, else the shipped quickstart. */
export const defaultConfig = (): string => (existsSync("inception.yaml") ? "inception.yaml" : "quickstart");
