// Checkpoints in a .tar.gz, as TF-Slim's are published.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";

type Entry = Pick<Header, "name"> & Partial<Header>;

import { expect, test } from "vitest";
import { readForeign } from "../../../src/weights/readers/open.ts";
import { contents, fixture, refusalOf, scratch } from "./support.ts";

const write = scratch();

async function tarball(...entries: readonly (readonly [Entry | string, Uint8Array])[]): Promise<Buffer> {
  const archive = pack();
  for (const [header, bytes] of entries)
    archive.entry(typeof header === "string" ? { name: header } : header, Buffer.from(bytes));
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive) pieces.push(piece as Uint8Array);
  return gzipSync(Buffer.concat(pieces));
}

const slices = readFileSync(fixture("tensorflow-v1/model.ckpt-70000"));
const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("inception-unpacked-"));

test("one file, wherever in the archive it lies", async () => {
  const sound = contents(await readForeign(fixture("tensorflow-v1")));
  for (const name of ["inception_v1.ckpt", "./a/b/inception_v1.ckpt", "../../inception_v1.ckpt"]) {
    const file = await readForeign(write("a.tar.gz", await tarball([name, slices])));
    expect([file.format, contents(file)]).toEqual(["tensorflow", sound]);
  }
});

test("several files are a checkpoint's folder", async () => {
  const names = readdirSync(fixture("tensorflow-v2"));
  const entries = names.map((name) => [`model/${name}`, readFileSync(fixture(`tensorflow-v2/${name}`))] as const);
  const file = await readForeign(write("b.tar.gz", await tarball(...entries)));
  expect(contents(file)).toEqual(contents(await readForeign(fixture("tensorflow-v2"))));
});

test("links and hidden files are passed over, and nothing is written but below a folder that is gone afterwards", async () => {
  const before = leftovers();
  const link: Entry = { name: "link", type: "symlink", linkname: "/etc/passwd" };
  const bytes = await tarball(["._inception_v1.ckpt", slices], [link, new Uint8Array()], ["inception_v1.ckpt", slices]);
  expect((await readForeign(write("c.tar.gz", bytes))).format).toBe("tensorflow");
  expect(leftovers()).toEqual(before);
  expect(existsSync("/tmp/inception_v1.ckpt")).toBe(false);
});

test("refusals name the archive", async () => {
  const empty = write("d.tar.gz", await tarball());
  expect(await refusalOf(empty, readForeign(empty))).toBe(": there is no file in it");
  const whole = await tarball(["inception_v1.ckpt", slices]);
  const cut = write("e.tar.gz", whole.subarray(0, whole.length - 100));
  expect(await refusalOf(cut, readForeign(cut))).toMatch(/^: the archive is damaged or cut off \(/);
  const flipped = write(
    "f.tar.gz",
    whole.map((byte, at) => (at === 300 ? byte ^ 16 : byte)),
  );
  expect(await refusalOf(flipped, readForeign(flipped))).toMatch(/^: the archive is damaged or cut off \(/);
  const other = write("g.tar.gz", await tarball(["readme.txt", Buffer.from("hello")]));
  expect(await refusalOf(other, readForeign(other))).toMatch(/^: readme\.txt: its content is none of the formats/);
  const short = write("h.tar.gz", gzipSync(gunzipSync(whole).subarray(0, 2000)));
  expect(await refusalOf(short, readForeign(short))).toMatch(/^: /);
});
