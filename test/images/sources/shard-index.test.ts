// The index of a shard: the same set without reading the shard, not used once the shard is another, and what verifying finds.
import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { indexPath, indexText } from "../../../src/images/sources/shard-index.ts";
import { indexShard, verifyShard } from "../../../src/images/sources/shard-indexing.ts";
import { openSource, shardsOf } from "../../../src/images/sources/source.ts";
import { folder, refusal, useScratch, write } from "./scratch.ts";
import { type Entry, put, samples, tar } from "./tar-file.ts";

useScratch();

const entries: Entry[] = [...samples({ b: "dog", a: "cat" }), { name: "c.jpg", text: "no label" }];
const never = new AbortController().signal;
let shard: string;
beforeEach(async () => {
  shard = await put("s.tar", await tar(entries));
  await index();
});

async function index(): Promise<void> {
  await utimes(shard, 1000, 1000);
  const made = await indexShard(shard, never);
  await writeFile(indexPath(shard), indexText(made.container, made));
}

/** The shard with other bytes, but of the same size and time. */
async function edit(change: (bytes: Buffer) => Buffer): Promise<void> {
  const { size } = await stat(shard);
  const bytes = change(await readFile(shard));
  expect(bytes.length).toBe(size);
  await writeFile(shard, bytes);
  await utimes(shard, 1000, 1000);
}
const bare = async () => {
  await write({ "s.tar.index.json": "" });
  const { warnings, ...listing } = await openSource(shard);
  expect(warnings[0]).toBe("s.tar: its index is damaged and not used (inception data index makes it anew)");
  return { ...listing, warnings: warnings.slice(1) };
};

test("gives the listing that the headers give, oddities too, and no byte of the shard is read", async () => {
  const indexed = await openSource(shard);
  await edit((bytes) => bytes.fill(7));
  expect(await openSource(folder)).toEqual({ ...indexed, path: folder });
  expect(indexed.warnings).toEqual([
    "1 picture without a .cls or a label in a .json, left out (the first: c in s.tar)",
  ]);
});

test("is not used, and this is said, once size or time are others, or it is damaged", async () => {
  const indexed = await openSource(shard);
  const { content: _, ...rest } = indexed;
  expect(await bare()).toEqual(rest);
  await index();
  await utimes(shard, 1, 1);
  const [stale] = (await openSource(shard)).warnings;
  expect(stale).toBe(
    "s.tar: changed since it was indexed, so its index is not used (inception data index makes it anew)",
  );
  await index();
  await writeFile(shard, await tar([...entries, ...samples({ d: "owl" })]));
  expect((await openSource(shard)).classes).toEqual(["cat", "dog", "owl"]);
});

test("every change of its text makes it damaged", async () => {
  const text = await readFile(indexPath(shard), "utf8");
  for (let at = 0; at < text.length - 2; at += 7) {
    await writeFile(indexPath(shard), `${text.slice(0, at)}${text[at] === "1" ? "2" : "1"}${text.slice(at + 1)}`);
    expect((await openSource(shard)).warnings[0], String(at)).toContain("damaged");
  }
});

test.each([
  ["a picture out of the shard", { offset: 10_000 }],
  ["one that ends out of it", { size: 10_000 }],
])("with its own hash right, but %s, is not used", async (_, change) => {
  const made = await indexShard(shard, never);
  const wrong = { ...made, samples: made.samples.map((sample) => ({ ...sample, ...change })) };
  await writeFile(indexPath(shard), indexText(made.container, wrong));
  expect((await openSource(shard)).warnings[0]).toContain("damaged");
});

test("with columns of several lengths is not used", async () => {
  const made = await indexShard(shard, never);
  await writeFile(indexPath(shard), indexText(made.container, { ...made, digests: made.digests.subarray(32) }));
  expect((await openSource(shard)).warnings[0]).toContain("damaged");
});

test("verifying finds a byte that was changed in place, a label, a sample that came or went", async () => {
  expect(await verifyShard(shard, never)).toEqual({ pictures: 2, differences: [] });
  const swapped = (from: string, to: string) => (bytes: Buffer) =>
    Buffer.from(bytes.toString("latin1").replace(from, to), "latin1");
  await edit(swapped("picture of a", "picture 0f a"));
  expect((await verifyShard(shard, never)).differences).toEqual(["a.jpg: other bytes than when it was indexed"]);
  await edit(swapped("cat", "owl"));
  expect((await verifyShard(shard, never)).differences).toEqual(['a.jpg: the label "owl", in the index "cat"']);
  await put("s.tar", await tar(samples({ b: "dog", e: "cat" })));
  const made = await indexShard(shard, never);
  await writeFile(indexPath(shard), indexText(made.container, { ...made, samples: [...made.samples].reverse() }));
  expect((await verifyShard(shard, never)).differences).toHaveLength(2);
  await put("s.tar", await tar([...samples({ b: "dog" }), ...samples({ e: "cat", f: "cat" })]));
  expect((await verifyShard(shard, never)).differences).toEqual(["its size or time is not that of its index"]);
});

test("tells pictures whose bytes were changed in place by their content, where all shards have an index", async () => {
  const { content, fingerprint } = await openSource(shard);
  expect(content).toMatch(/^[0-9a-f]{64}$/);
  await edit((bytes) => Buffer.from(bytes.toString("latin1").replace("picture of a", "picture 0f a"), "latin1"));
  await index();
  const edited = await openSource(shard);
  expect(edited.fingerprint).toBe(fingerprint);
  expect(edited.content).not.toBe(content);
  await put("t.tar", await tar(samples({ z: "cat" })));
  expect((await openSource(folder)).content).toBeUndefined();
});

test("is of shards alone", async () => {
  await write({ "tree/a/1.jpg": "x", "tree/b/2.jpg": "y" });
  await expect(shardsOf(join(folder, "tree"))).rejects.toThrow("expected shards");
  expect(await refusal(join(folder, "none-{0..1}.tar"))).toContain("no shard");
});
