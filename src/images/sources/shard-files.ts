// Which shards a path means: a pattern, or a folder that holds them.
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { braceExpand, Minimatch } from "minimatch";
import { UserError } from "../../errors.ts";
import { visibleName } from "../../visible.ts";
import { byCodePoint } from "./listing.ts";

const mostShards = 50_000;
const isShardName = (name: string): boolean => /\.(tar|tar\.gz|tgz)$/i.test(name) && !name.startsWith(".");

/** Whether a path may name several shards: `train-{000..146}.tar`, `shards/*.tar`. */
export const isPattern = (path: string): boolean => /[*?[{]/.test(path) && isShardName(path);

/**
 * The shards that a pattern means, each once, in code-point order. Braces name shards that must all be there; `*`, `?` and `[...]` find those that
 * are. Throws UserError("data") naming the first that is missing.
 */
export async function shardsOfPattern(pattern: string): Promise<string[]> {
  const expanded = braceExpand(pattern, { braceExpandMax: mostShards + 1 });
  if (expanded.length > mostShards) throw new UserError("data", `${pattern}: names more than ${mostShards} shards`);
  const found = new Set<string>();
  for (const path of expanded) {
    const matches = /[*?[]/.test(path) ? await matching(path) : (await isFile(path)) ? [path] : [];
    if (matches.length === 0)
      throw new UserError("data", `${pattern}: no shard ${visibleName(path)}`, {
        hint: "in quotes, so that the shell leaves the pattern as it is",
      });
    for (const match of matches) found.add(match);
  }
  return [...found].sort(byCodePoint);
}

/** Files whose names match; folders are taken as they stand. */
async function matching(path: string): Promise<string[]> {
  const [folder, name] = [
    dirname(path),
    new Minimatch(basename(path), { nocomment: true, nonegate: true, nobrace: true }),
  ];
  if (/[*?[]/.test(folder))
    throw new UserError("data", `${path}: expected *, ? and [...] in the name of the shards only, not in ${folder}`);
  const names = await readdir(folder).catch(() => []);
  const prefix = path.slice(0, path.length - basename(path).length);
  return names.filter((entry) => isShardName(entry) && name.match(entry)).map((entry) => `${prefix}${entry}`);
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;

/**
 * The shards in a folder that has no folders; none where it has any, or no shards. Throws UserError("data") where their names say that they are
 * parts of a set, such as train and val.
 */
export async function shardsInFolder(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const shown = entries.filter(({ name }) => !name.startsWith("."));
  const shards = shown
    .map(({ name }) => name)
    .filter(isShardName)
    .sort(byCodePoint);
  if (shards.length === 0 || shown.some((entry) => entry.isDirectory())) return [];
  const parts = new Set(shards.map(partOf));
  if (parts.size > 1 && !parts.has(""))
    throw new UserError("data", `${path}: its shards (${[...parts].join(", ")}) look like parts of a data set`, {
      hint: `name those of one, as ${join(path, `*${[...parts][0]}*.tar`)}`,
    });
  return shards.map((name) => join(path, name));
}

/** `train` of `imagenet-train-000001.tar`. */
const partOf = (name: string): string =>
  (/(?:^|[^a-z])(train|training|val|valid|validation|test)(?:[^a-z]|$)/i.exec(name)?.[1] ?? "").toLowerCase();
