// A wheel's RECORD: one line `path,sha256=<base64url>,size` for each of its files (the wheel specification of PyPA).
import { join } from "node:path";
import { fileHash } from "../../download/hash.ts";
import { UserError } from "../../errors.ts";

export type RecordEntry = { readonly sha256: string; readonly size: number };

/** Entries by path; a line without a hash (RECORD's own) is left out. */
export function parseRecord(text: string): ReadonlyMap<string, RecordEntry> {
  const entries = new Map<string, RecordEntry>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^(.+),sha256=([\w-]+),(\d+)$/.exec(line);
    if (match) entries.set(match[1]!.replace(/^"(.*)"$/, "$1"), { sha256: match[2]!, size: Number(match[3]) });
  }
  return entries;
}

/**
 * Checks unpacked files against RECORD.
 *
 * @throws UserError naming the first file that is not listed or whose content differs.
 */
export async function checkFiles(
  folder: string,
  record: ReadonlyMap<string, RecordEntry>,
  members: readonly string[],
): Promise<void> {
  for (const member of members) {
    const entry = record.get(member);
    if (!entry) throw damaged(member, "a line in the wheel's RECORD", "none");
    const got = (await fileHash(join(folder, member))).toString("base64url");
    if (got !== entry.sha256) throw damaged(member, `sha256 ${entry.sha256}`, got);
  }
}

const damaged = (member: string, expected: string, got: string): UserError =>
  new UserError("checkFailed", `${member} of the TensorFlow wheel is damaged: expected ${expected}, got ${got}.`, {
    hint: "Run `inception setup` again.",
  });
