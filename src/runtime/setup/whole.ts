// Whether what set-up made is all there: its files by size at each start, and by hash where `doctor` asks.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { fileHash } from "../../download/hash.ts";

const name = "files.json";
const schema = z.record(z.string(), z.strictObject({ size: z.int().min(0), sha256: z.string() }));
type Files = z.infer<typeof schema>;

/** Waits until the disk has these files of the folder, and writes down what they are. */
export async function seal(folder: string, files: readonly string[]): Promise<void> {
  const found: Files = {};
  for (const file of files) {
    const path = join(folder, file);
    found[file] = { size: statSync(path).size, sha256: (await fileHash(path)).toString("hex") };
    sync(path);
  }
  writeFileSync(join(folder, name), `${JSON.stringify(found, null, 2)}\n`);
  for (const path of new Set(
    [name, ...files].map((file) => join(folder, file)).flatMap((path) => [path, dirname(path)]),
  ))
    sync(path);
}

/**
 * The first file that is not there or has another size, as in `operations.so: expected 9,182 bytes, got none`; undefined where all have theirs,
 * or where a folder was never sealed.
 */
export const missized = (folder: string): string | undefined =>
  Object.entries(filesOf(folder) ?? {}).flatMap(([file, { size }]) => {
    const path = join(folder, file);
    const got = existsSync(path) ? statSync(path).size : undefined;
    return got === size ? [] : [`${file}: expected ${bytes(size)}, got ${got === undefined ? "none" : bytes(got)}`];
  })[0];

/** The same, and the first file whose content is another. */
export async function damaged(folder: string): Promise<string | undefined> {
  const wrong = missized(folder);
  if (wrong) return wrong;
  for (const [file, { sha256 }] of Object.entries(filesOf(folder) ?? {})) {
    const got = (await fileHash(join(folder, file))).toString("hex");
    if (got !== sha256) return `${file}: expected sha256 ${sha256}, got ${got}`;
  }
  return undefined;
}

function filesOf(folder: string): Files | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));
  } catch {
    return undefined;
  }
}

function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const bytes = (count: number): string => `${count.toLocaleString("en-US")} bytes`;
