// The index of a shard, a file beside it: what is in it, so that opening it reads no headers, and the hash of each picture.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Container } from "./listing.ts";
import { type OddityKind, oddities, type ShardContents } from "./shard.ts";

const whole = z.int().min(0);
const kinds = Object.keys(oddities) as [OddityKind, ...OddityKind[]];
/** A column for each thing that is known of a sample; one row for each sample. */
const contentSchema = z.strictObject({
  size: whole.describe("Of the shard in bytes"),
  modified: whole.describe("When the shard was last changed, in milliseconds since 1970"),
  names: z.array(z.string()),
  offsets: z.array(whole),
  sizes: z.array(whole),
  labels: z.array(z.string()),
  sha256: z.base64().describe("32 bytes for each picture"),
  oddities: z.array(z.strictObject({ kind: z.enum(kinds), count: whole, first: z.string() })),
});

export const indexPath = (shard: string): string => `${shard}.index.json`;
const schema = "inception.shard-index/1";
const head = (digest: string): string => `{"schema":"${schema}","sha256":"${digest}","content":`;

export type IndexedShard = ShardContents & { readonly digests: Uint8Array };

/** The text of an index, which holds its own hash. */
export function indexText({ size, modified }: Container, { samples, oddities: odd, digests }: IndexedShard): string {
  const content = JSON.stringify({
    size,
    modified,
    names: samples.map(({ name }) => name),
    offsets: samples.map(({ offset }) => offset),
    sizes: samples.map((sample) => sample.size),
    labels: samples.map(({ label }) => label),
    sha256: Buffer.from(digests.buffer, digests.byteOffset, digests.byteLength).toString("base64"),
    oddities: odd,
  });
  return `${head(hashOf(content))}${content}}\n`;
}

/** `stale`: the shard has another size or time than it had when its index was made. */
export type FoundIndex =
  | ({ readonly state: "valid" } & IndexedShard)
  | { readonly state: "none" | "stale" | "damaged" };

/** The index beside a shard. Nothing in it is taken on trust that would lead out of the shard. */
export async function readIndex(shard: Container): Promise<FoundIndex> {
  const text = await readFile(indexPath(shard.file), "utf8").catch(() => undefined);
  if (text === undefined) return { state: "none" };
  const content = contentOf(text);
  if (!content) return { state: "damaged" };
  const { size, modified, names, offsets, sizes, labels, sha256, oddities: odd } = content;
  if (size !== shard.size || modified !== shard.modified) return { state: "stale" };
  const digests = Buffer.from(sha256, "base64");
  const isEven = [offsets, sizes, labels].every(({ length }) => length === names.length);
  const isInside = offsets.every((offset, i) => offset + sizes[i]! <= size);
  if (!isEven || !isInside || digests.length !== 32 * names.length) return { state: "damaged" };
  const known = new Map<string, string>();
  const samples = names.map((name, i) => {
    const label = known.get(labels[i]!) ?? labels[i]!;
    known.set(label, label);
    return { name, offset: offsets[i]!, size: sizes[i]!, label };
  });
  return { state: "valid", samples, oddities: odd, digests };
}

function contentOf(text: string): z.output<typeof contentSchema> | undefined {
  const start = head("0".repeat(64)).length;
  const content = text.slice(start, text.lastIndexOf("}"));
  if (text.slice(0, start) !== head(hashOf(content))) return undefined;
  return contentSchema.safeParse(JSON.parse(content)).data;
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
