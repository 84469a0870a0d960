// WebDataset shards: what they hold, what is odd in them, and that they are the same set as the pictures in folders.
import { appendFile, mkdir, readdir, rename, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { readPicture, SourceLost } from "../../../src/images/source-lost.ts";
import { holdOut, openSource } from "../../../src/images/sources/source.ts";
import { folder, names, refusal, useScratch, write } from "./scratch.ts";
import { type Entry, patched, put, samples, tar } from "./tar-file.ts";

useScratch();

const ab = { a: "cat", b: "dog" };
const read = async (path: string) =>
  Promise.all(
    (await openSource(path)).items.map(async ({ source }) => Buffer.from(await readPicture(source)).toString()),
  );

describe("a set of shards", () => {
  test("is one set under a pattern, a folder or a list in braces, named by keys, classes in code-point order", async () => {
    await put("s-00.tar", await tar(samples({ "x/b": "dog", c: "cat" })));
    await put("s-01.tar", await tar(samples({ a: "emu" })));
    const listing = await openSource(join(folder, "s-{00..01}.tar"));
    expect(listing.classes).toEqual(["cat", "dog", "emu"]);
    expect(listing.items.map(({ name, label }) => [name, label])).toEqual([
      ["a.jpg", 2],
      ["c.jpg", 0],
      ["x/b.jpg", 1],
    ]);
    expect(listing.warnings).toEqual([]);
    expect(await read(join(folder, "s-*.tar"))).toEqual(["picture of a", "picture of c", "picture of x/b"]);
    for (const path of ["s-?[01].tar", "s-{00,01}.tar", "."])
      expect(await openSource(join(folder, path))).toEqual({ ...listing, path: join(folder, path) });
  });

  test("how it is cut changes nothing, and it is the set of the same files in folders", async () => {
    const tree = { "a/1.jpg": "one", "a/2.PNG": "two", "b/3.jpeg": "three", "b/4.webp": "four" };
    await write(Object.fromEntries(Object.entries(tree).map(([name, text]) => [`tree/${name}`, text])));
    const parts = Object.entries(tree).map(([name, text]): Entry[] => [
      { name, text },
      { name: name.replace(/\.\w+$/, ".cls"), text: name.slice(0, 1) },
    ]);
    await mkdir(join(folder, "cut"));
    for (const [i, part] of parts.entries()) await put(`cut/s-${3 - i}.tar`, await tar(part));
    await put("whole.tar", await tar(parts.reverse().flat()));
    const tree_ = await openSource(join(folder, "tree"));
    for (const path of ["cut", "whole.tar"]) {
      const listing = await openSource(join(folder, path));
      expect(names(listing)).toEqual(names(tree_));
      expect(listing).toMatchObject({ classes: tree_.classes, fingerprint: tree_.fingerprint, warnings: [] });
      expect(names(holdOut(listing, 0.5).validation)).toEqual(names(holdOut(tree_, 0.5).validation));
    }
    expect(await read(join(folder, "cut"))).toEqual(["one", "two", "three", "four"]);
  });

  test("labels come from .cls, else from label or class of a .json, and from the lines of classes.txt", async () => {
    const labelled = async (label: string) =>
      put(
        "s.tar",
        await tar([
          ...samples({ a: "0" }),
          { name: "b.json", text: label },
          { name: "b.jpg", text: "b" },
          { name: "c.cls", text: " 10\n" },
          { name: "c.jpg", text: "c" },
          { name: "c.txt", text: "a caption" },
        ]),
      );
    for (const text of ['{"label":2}', '{"class":"2","caption":"x"}', '{"label":"2","class":9}']) {
      const { classes, items } = await openSource(await labelled(text));
      expect(items.map(({ label }) => classes[label])).toEqual(["0", "2", "10"]);
    }
    await write({ "classes.txt": "zebra\nb\nowl\nd\ne\nf\ng\nh\ni\nj\ncat\n" });
    const path = await labelled('{"label":2}');
    const { classes, items, warnings } = await openSource(path);
    expect(classes).toEqual(["cat", "owl", "zebra"]);
    expect(items.map(({ label }) => classes[label])).toEqual(["zebra", "owl", "cat"]);
    expect(warnings).toEqual([]);
    expect(await refusal(await labelled('{"label":11}'))).toContain(
      's.tar: b.jpg has the label "11", expected a number from 0 to 10, a line of',
    );
    expect((await openSource(await put("t.tar", await tar(samples(ab))))).warnings).toEqual([
      `${join(folder, "classes.txt")} is not used: labels are names already`,
    ]);
  });

  test("keys that several shards have are told apart by their shards", async () => {
    await put("s-0.tar", await tar(samples(ab)));
    await put("s-1.tar", await tar(samples({ b: "dog", c: "cat" })));
    const listing = await openSource(folder);
    expect(names(listing)).toEqual(["s-0/a.jpg", "s-0/b.jpg", "s-1/b.jpg", "s-1/c.jpg"]);
    expect(listing.warnings).toEqual(["s-0.tar and s-1.tar both have b.jpg: names begin with their shard"]);
    await mkdir(join(folder, "more"));
    await put("more/s-0.tar", await tar(samples(ab)));
    expect(await refusal(join(folder, "{.,more}/s-0.tar"))).toContain("both have a sample s-0/a.jpg");
  });

  test("long names and names beyond ASCII are whole, in PAX and in GNU headers", async () => {
    const long = `${"d/".repeat(150)}é\u{1f989}`;
    const path = await put("s.tar", await tar(samples({ [long]: "owl", b: "dog" })));
    expect(names(await openSource(path))).toEqual(["b.jpg", `${long}.jpg`]);
    const [key, bytes] = ["g".repeat(600), await tar(samples(ab))];
    const renamed = (ending: string): Buffer[] => [
      header("L", key.length + ending.length),
      Buffer.concat([Buffer.from(key + ending)], 1024),
    ];
    const [cls, jpg] = [bytes.subarray(0, 1024), bytes.subarray(1024, 2048)];
    await put("g.tar", Buffer.concat([...renamed(".cls"), cls, ...renamed(".jpg"), jpg, bytes.subarray(2048)]));
    expect(names(await openSource(join(folder, "g.tar")))).toEqual(["b.jpg", `${key}.jpg`]);
  });
});

const octal = (size: number): string => `${size.toString(8).padStart(11, "0")}\0`;

/** A header of this type and size, as GNU tar writes it. */
const header = (type: string, size: number): Buffer => {
  const bytes = Buffer.alloc(512);
  bytes.write("././@LongLink");
  bytes.write("0000644\0", 100);
  bytes.write(octal(size), 124);
  bytes.write(type, 156);
  bytes.write("ustar  \0", 257);
  return patched(bytes, 0, 0, "");
};

describe("an oddity", () => {
  it.each<[string, Entry[], string]>([
    [
      "a symbolic link",
      [{ name: "x.jpg", type: "symlink", linkname: "/etc/passwd" }],
      "1 link, device or other special entry, left out (the first: x.jpg in s.tar)",
    ],
    ["a hard link", [{ name: "x.jpg", type: "link", linkname: "a.jpg" }], "1 link, device"],
    ["a pipe", [{ name: "x.jpg", type: "fifo" }], "1 link, device"],
    ["a character device", [{ name: "x.jpg", type: "character-device" }], "1 link, device"],
    [
      "a block device",
      [
        { name: "x.cls", type: "block-device" },
        { name: "y.jpg", type: "fifo" },
      ],
      "2 links, devices or other special entries, left out (the first: x.cls in s.tar)",
    ],
    ["a sparse file", [{ name: "x.jpg", text: "x", pax: { "GNU.sparse.major": "1" } }], "1 link, device"],
    [
      "a name that climbs",
      samples({ "../x": "cat" }),
      "2 names that lead out of the archive, left out (the first: ../x.cls in s.tar)",
    ],
    ["a name that climbs within", samples({ "d/../../x": "cat" }), "2 names that lead out of the archive"],
    [
      "an absolute name",
      samples({ "/etc/x": "cat" }),
      "2 names that lead out of the archive, left out (the first: /etc/x.cls in s.tar)",
    ],
    ["a name with a backslash", samples({ "..\\x": "cat" }), "2 names that lead out of the archive"],
    [
      "a picture alone",
      [{ name: "x.jpg", text: "x" }],
      "1 picture without a .cls or a label in a .json, left out (the first: x in s.tar)",
    ],
    [
      "a .json without a label",
      [
        { name: "x.jpg", text: "x" },
        { name: "x.json", text: '{"caption":"x"}' },
      ],
      "1 picture without a .cls",
    ],
    [
      "a .json that is a list",
      [
        { name: "x.jpg", text: "x" },
        { name: "x.json", text: '["cat"]' },
      ],
      "1 picture without a .cls",
    ],
    [
      "a .json with a label in its prototype",
      [
        { name: "x.jpg", text: "x" },
        { name: "x.json", text: '{"__proto__":{"label":"cat"}}' },
      ],
      "1 picture without a .cls",
    ],
    [
      "a label alone",
      [{ name: "x.cls", text: "cat" }],
      "1 label without a JPEG, PNG or WebP picture, left out (the first: x in s.tar)",
    ],
    [
      "a picture of another format",
      [
        { name: "x.cls", text: "cat" },
        { name: "x.tiff", text: "x" },
      ],
      "1 label without a JPEG",
    ],
    [
      "a picture whose name has two endings",
      [
        { name: "x.cls", text: "cat" },
        { name: "x.seg.png", text: "x" },
      ],
      "1 label without a JPEG",
    ],
    [
      "a name that turns the terminal's direction",
      [{ name: "\u202ex.cls", text: "cat" }],
      "the first: \\u{202e}x in s.tar",
    ],
  ])("is counted and named: %s", async (_, entries, warning) => {
    const listing = await openSource(await put("s.tar", await tar([...samples(ab), ...entries])));
    expect(names(listing)).toEqual(["a.jpg", "b.jpg"]);
    expect(listing.warnings).toHaveLength(1);
    expect(listing.warnings[0]).toContain(warning);
    expect(await readdir(folder)).toEqual(["s.tar"]);
  });

  it.each<[string, Entry[]]>([
    ["hidden files", samples({ "._x": "cat", ".d/y": "cat" })],
    ["folders", [{ name: "d/", type: "directory" }]],
    ["files without an ending", [{ name: "README", text: "x" }]],
    [
      "other parts of a sample",
      [
        { name: "a.txt", text: "x" },
        { name: "a.depth.png", text: "x" },
      ],
    ],
  ])("is none: %s", async (_, entries) => {
    const listing = await openSource(await put("s.tar", await tar([...samples(ab), ...entries])));
    expect([names(listing), listing.warnings]).toEqual([["a.jpg", "b.jpg"], []]);
  });

  it("is counted and named, once: a picture larger than 64 MiB", async () => {
    const size = 64 * 2 ** 20 + 1;
    const bytes = await tar([...samples(ab), ...samples({ x: "cat" })]);
    const start = patched(bytes, 5120, 124, octal(size)).subarray(0, 5632);
    await truncate(await put("s.tar", start), 5632 + Math.ceil(size / 512) * 512 + 1024);
    const listing = await openSource(join(folder, "s.tar"));
    expect(names(listing)).toEqual(["a.jpg", "b.jpg"]);
    expect(listing.warnings).toEqual(["1 picture larger than 64 MiB, left out (the first: x in s.tar)"]);
  });

  it("is none: __proto__ as a key and as a class", async () => {
    const listing = await openSource(
      await put("s.tar", await tar(samples({ __proto_: "cat", ["__proto__"]: "__proto__" }))),
    );
    expect(listing.classes).toEqual(["__proto__", "cat"]);
    expect(names(listing)).toEqual(["__proto_.jpg", "__proto__.jpg"]);
  });

  it.each<[string, Entry[], string]>([
    ["a picture twice", samples({ a: "cat" }), "s.tar: a has two labels (.cls)"],
    ["a picture twice, its label once", [{ name: "a.jpg", text: "x" }], "s.tar: a has two pictures, as a.jpg"],
    ["two pictures of two formats", [{ name: "b.png", text: "x" }], "s.tar: b has two pictures, as b.png"],
    [
      "two .json",
      [
        { name: "x.json", text: "{}" },
        { name: "x.JSON", text: "{}" },
      ],
      "s.tar: x has two .json files",
    ],
    ["an empty .cls", [{ name: "x.cls", text: " \n" }], "s.tar: x has a .cls that is no class"],
    ["a .cls of two lines", [{ name: "x.cls", text: "cat\ndog" }], "s.tar: x has a .cls that is no class"],
    [
      "a .cls of 5000 bytes",
      [{ name: "x.cls", text: "c".repeat(5000) }],
      "s.tar: x has a .cls of 5000 bytes, expected at most 4096",
    ],
    [
      "a .cls that is a number in binary",
      [{ name: "x.cls", text: Uint8Array.of(255, 1, 0) }],
      "s.tar: x has a .cls that is no text in UTF-8",
    ],
    ["a .json that is none", [{ name: "x.json", text: "{" }], "s.tar: x has a .json that is none"],
    [
      "a .json of more than 1 MiB",
      [{ name: "x.json", text: " ".repeat(2 ** 20 + 1) }],
      "x has a .json of 1048577 bytes",
    ],
    [
      "a label that is a list",
      [{ name: "x.json", text: '{"label":["cat"]}' }],
      's.tar: x has the label ["cat"] in its .json, expected a name or a whole number',
    ],
    ["a label that is negative", [{ name: "x.json", text: '{"label":-1}' }], "x has the label -1"],
    ["a label that is a fraction", [{ name: "x.json", text: '{"label":0.5}' }], "x has the label 0.5"],
    ["a label that is empty", [{ name: "x.json", text: '{"label":""}' }], 'x has the label ""'],
  ])("is refused: %s", async (_, entries, message) => {
    expect(await refusal(await put("s.tar", await tar([...samples(ab), ...entries])))).toContain(message);
  });

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ["gzip", (bytes) => gzipSync(bytes), "compressed (gzip), so its pictures cannot be read in place"],
    ["zstd", () => Buffer.from("28b52ffd00", "hex"), "compressed (zstd)"],
    ["an empty file", () => Buffer.alloc(0), "cut off before its first entry"],
    ["text", () => Buffer.alloc(2048, "hello"), "no tar archive, or a damaged one"],
    [
      "8 GiB declared",
      (bytes) => patched(bytes, 1024, 124, Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0])),
      "cut off after a.cls: its next entry has 8589934592 bytes, of which 3584 are there",
    ],
    [
      "a negative size",
      (bytes) => patched(bytes, 1024, 124, new Uint8Array(12).fill(255)),
      "no size that can be read, after a.cls",
    ],
    [
      "a size beyond whole numbers",
      (bytes) => patched(bytes, 1024, 124, Buffer.from([0x80, 0, 0, 0, ...Array(8).fill(255)])),
      "no size that can be read",
    ],
    ["a size that is no number", (bytes) => patched(bytes, 1024, 124, "size?\0"), "no size that can be read"],
    [
      "a size that leads into content",
      (bytes) => patched(bytes, 1024, 124, octal(513)),
      "a damaged header after a.jpg",
    ],
    ["a flipped bit in a header", (bytes) => Buffer.from(bytes.with(1030, 7)), "a damaged header after a.cls"],
    ["a second archive behind it", (bytes) => Buffer.concat([bytes, bytes]), "it goes on behind its end, after b.jpg"],
    [
      "something behind it",
      (bytes) => Buffer.concat([bytes, Buffer.alloc(2 ** 17), Buffer.from("x")]),
      "it goes on behind its end",
    ],
  ])("of the file is refused: %s", async (_, change, message) => {
    const bytes = await tar(samples(ab));
    expect(bytes.length).toBe(5120);
    await put("s-0.tar", change(bytes));
    const said = await refusal(join(folder, "s-{0..0}.tar"));
    expect(said).toContain(`${join(folder, "s-0.tar")}: `);
    expect(said).toContain(message);
  });

  test("of a PAX header is refused", async () => {
    const bytes = await tar(samples(ab));
    const pax = (records: string, size = records.length) =>
      Buffer.concat([
        patched(patched(bytes.subarray(0, 512), 0, 124, octal(size)), 0, 156, "x"),
        Buffer.concat([Buffer.from(records)], Math.ceil(size / 512) * 512),
        bytes,
      ]);
    for (const records of [
      "99 path=x\n",
      "8 path=x\n",
      "x path=x\n",
      "0 path=x\n",
      "11 size=-1\n",
      "12 size=0x1\n",
      "10 path=xy",
    ])
      expect(await refusal(await put("s.tar", pax(records))), records).toContain(
        "a damaged header before its first entry",
      );
    expect(await refusal(await put("s.tar", pax("", 2 ** 21)))).toContain(
      "a header of 2097152 bytes before its first entry, expected at most 1048576",
    );
    expect(await refusal(await put("s.tar", pax("25 size=9007199254740990\n")))).toContain("cut off");
  });

  test("is refused wherever the shard is cut off, with the last key that is whole", async () => {
    const bytes = await tar(samples(ab));
    for (let blocks = 0; blocks * 512 < bytes.length - 1024; blocks++) {
      const path = await put("s.tar", bytes);
      await truncate(path, blocks * 512);
      const last = ["before its first entry", "after a.cls", "after a.jpg", "after b.cls", "after b.jpg"][
        Math.floor(blocks / 2)
      ];
      expect(await refusal(path)).toContain(`the archive is cut off ${last}`);
    }
  });

  test("of names of shards is refused: none, one that is missing, parts of a set, compressed ones, no samples", async () => {
    await put("train-0.tar", await tar(samples(ab)));
    expect(await refusal(join(folder, "train-{0..2}.tar"))).toContain(`no shard ${join(folder, "train-1.tar")}`);
    expect(await refusal(join(folder, "x-*.tar"))).toContain("no shard ");
    expect(await refusal(join(folder, "train-{0..999999}.tar"))).toContain("names more than 50000 shards");
    expect(await refusal(join(folder, "*/train-0*.tar"))).toContain("in the name of the shards only");
    await put("val-0.tar", await tar(samples(ab)));
    expect(await refusal(folder)).toContain("its shards (train, val) look like parts of a data set");
    await put("z.tar.gz", gzipSync(await tar(samples(ab))));
    expect(await refusal(join(folder, "z*.tar.gz"))).toContain("z.tar.gz: compressed (gzip)");
    await put("n.tar", await tar([{ name: "a/1.jpg", text: "x" }]));
    expect(await refusal(join(folder, "[n].tar"))).toContain("n.tar: no sample with a picture and a label");
  });
});

describe("a shard that changes", () => {
  const sourceOf = async () => (await openSource(await put("s.tar", await tar(samples(ab))))).items[1]!.source;
  const file = () => join(folder, "s.tar");
  it.each<[string, () => Promise<unknown>, RegExp]>([
    ["grows", () => appendFile(file(), "x"), /s\.tar has changed since its pictures were listed/],
    ["is cut", () => truncate(file(), 512), /has changed/],
    ["is touched", () => utimes(file(), 1, 1), /has changed/],
    ["is written anew", async () => writeFile(file(), await tar(samples({ a: "cat", b: "owl" }))), /has changed/],
    ["goes away", () => rename(file(), `${file()}.old`), /s\.tar is gone, with all pictures in it/],
  ])("and %s is no fault of a picture", async (_, change, message) => {
    const source = await sourceOf();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await change();
    const error = await Promise.resolve(readPicture(source)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceLost);
    expect((error as SourceLost).message).toMatch(message);
  });
});
