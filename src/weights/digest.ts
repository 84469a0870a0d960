// The SHA-256 of a file of weights, or of all files where they are several.
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileHash } from "../download/hash.ts";
import { UserError } from "../errors.ts";
import { explainIoError } from "../io-error.ts";

/**
 * Of a folder, or of a checkpoint named by its prefix: that of the lines `<sha256>  <name>`, a file each, in the order of
 * their names. Throws UserError("foreignWeights") where there is no such file.
 */
export async function digestOf(path: string): Promise<string> {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return await fileDigest(path);
    const [root, files] = filesOf(path);
    if (files.length === 0) throw new UserError("foreignWeights", `${path}: there is no such file`);
    const lines = [];
    for (const file of files) lines.push(`${await fileDigest(file)}  ${relative(root, file)}\n`);
    return createHash("sha256").update(lines.join("")).digest("hex");
  } catch (error) {
    throw explainIoError(error, "cannot read", path);
  }
}

function filesOf(path: string): [root: string, files: string[]] {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const root = isFolder ? path : dirname(path);
  if (!isFolder && !statSync(root, { throwIfNoEntry: false })?.isDirectory()) return [root, []];
  const found = readdirSync(root, { recursive: isFolder, encoding: "utf8" })
    .filter((name) => isFolder || name.startsWith(`${basename(path)}.`))
    .map((name) => join(root, name))
    .filter((file) => statSync(file).isFile());
  return [root, found.sort()];
}

const fileDigest = async (file: string): Promise<string> => (await fileHash(file)).toString("hex");
