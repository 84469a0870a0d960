// `inception data index` at work.
import { stat } from "node:fs/promises";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { indexPath, indexText, readIndex } from "../images/sources/shard-index.ts";
import { indexShard, verifyShard } from "../images/sources/shard-indexing.ts";
import { shardsOf } from "../images/sources/source.ts";
import { progressBar } from "./progress.ts";

export interface IndexedFile {
  readonly shard: string;
  /** `kept`: its index was of this very file already. */
  readonly state: "made" | "kept" | "verified" | "differs";
  readonly pictures: number;
  readonly differences: readonly string[];
}

/** Shard after shard; the index of each is written whole or not at all. Ends early, with those that are done, when the signal comes. */
export async function indexSource(source: string, verify: boolean, signal: AbortSignal) {
  const files = await shardsOf(source);
  const shards: IndexedFile[] = [];
  const bar = progressBar(verify ? "verify" : "index", files.length);
  try {
    for (const file of files) {
      shards.push(await (verify ? verified : indexed)(file, signal));
      bar.update(shards.length);
    }
  } catch (error) {
    if (error !== signal.reason) throw error;
  } finally {
    bar.stop();
  }
  return { source, of: files.length, shards };
}

async function indexed(shard: string, signal: AbortSignal): Promise<IndexedFile> {
  signal.throwIfAborted();
  const { size, mtimeMs } = await stat(shard);
  const before = await readIndex({ file: shard, size, modified: Math.floor(mtimeMs) });
  if (before.state === "valid") return { shard, state: "kept", pictures: before.samples.length, differences: [] };
  const made = await indexShard(shard, signal);
  replaceDurably(nodeFs, indexPath(shard), indexText(made.container, made));
  return { shard, state: "made", pictures: made.samples.length, differences: [] };
}

async function verified(shard: string, signal: AbortSignal): Promise<IndexedFile> {
  const { pictures, differences } = await verifyShard(shard, signal);
  return { shard, state: differences.length === 0 ? "verified" : "differs", pictures, differences };
}
