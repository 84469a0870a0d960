// Makes the index of a shard, and holds a shard against the one that it has.
import { createHash } from "node:crypto";
import { visibleName } from "../../visible.ts";
import type { Container } from "./listing.ts";
import { readShard } from "./shard.ts";
import { type IndexedShard, readIndex } from "./shard-index.ts";
import { withTar } from "./tar.ts";

export type MadeIndex = IndexedShard & { readonly container: Container };

/** Reads all of a shard. Throws UserError("data") where it is no whole shard, and the signal's reason. */
export const indexShard = (file: string, signal: AbortSignal): Promise<MadeIndex> =>
  withTar(file, async (tar) => {
    const contents = await readShard(file, tar);
    const digests = Buffer.alloc(32 * contents.samples.length);
    for (const [at, { offset, size }] of contents.samples.entries()) {
      signal.throwIfAborted();
      createHash("sha256")
        .update(await tar.read(offset, size))
        .digest()
        .copy(digests, 32 * at);
    }
    return { container: { file, size: tar.size, modified: tar.modified }, ...contents, digests };
  });

/** Reads all of a shard and says what is not as its index has it, the first twenty samples that differ by name. Throws as `indexShard` does. */
export async function verifyShard(
  file: string,
  signal: AbortSignal,
): Promise<{ readonly pictures: number; readonly differences: string[] }> {
  const now = await indexShard(file, signal);
  const before = await readIndex(now.container);
  const pictures = now.samples.length;
  if (before.state !== "valid") return { pictures, differences: [faults[before.state]] };
  const known = new Map(before.samples.map((sample, at) => [sample.name, { ...sample, digest: digestAt(before, at) }]));
  const differences = now.samples.flatMap(({ name, offset, size, label }, at) => {
    const was = known.get(name);
    known.delete(name);
    const said = (what: string): string[] => [`${visibleName(name)}: ${what}`];
    if (!was) return said("not in the index");
    if (was.label !== label) return said(`the label "${visibleName(label)}", in the index "${visibleName(was.label)}"`);
    if (was.offset !== offset || was.size !== size) return said("at another place or of another size");
    return digestAt(now, at).equals(was.digest) ? [] : said("other bytes than when it was indexed");
  });
  for (const name of known.keys()) differences.push(`${visibleName(name)}: in the index only`);
  const most = 20;
  const rest = differences.length - most;
  return { pictures, differences: [...differences.slice(0, most), ...(rest > 0 ? [`and ${rest} more`] : [])] };
}

const faults = {
  none: "it has no index",
  stale: "its size or time is not that of its index",
  damaged: "its index is damaged",
} as const;

const digestAt = ({ digests }: IndexedShard, at: number): Buffer =>
  Buffer.from(digests.subarray(32 * at, 32 * at + 32));
