import { mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src/images/sources/csv.ts";
import { byCodePoint } from "../../../src/images/sources/listing.ts";
import { holdOut, matchClasses, openSource, thinOut, writtenSince } from "../../../src/images/sources/source.ts";
import { needs } from "../../needs.ts";
import { folder, names, refusal, useScratch, write } from "./scratch.ts";

useScratch();

describe("a folder", () => {
  it("has a class for each folder, in code-point order, and every picture below it", async () => {
    await write({
      "b/1.jpg": "",
      "Z/2.PNG": "",
      "a/deep/3.webp": "",
      "a/notes.txt": "",
      "a/.hidden.jpg": "",
      "é/4.jpeg": "",
    });
    const listing = await openSource(folder);
    expect(listing.classes).toEqual(["Z", "a", "b", "é"]);
    expect(listing.items.map(({ name, label }) => [name, label])).toEqual([
      ["Z/2.PNG", 0],
      ["a/deep/3.webp", 1],
      ["b/1.jpg", 2],
      ["é/4.jpeg", 3],
    ]);
    expect(listing.warnings).toEqual(["left out as not JPEG, PNG or WebP by name: 1 .txt"]);
  });
  it("says which pictures lie beside the class folders", async () => {
    await write({ "a/1.jpg": "", "b/2.jpg": "", "3.jpg": "", "4.png": "", "notes.txt": "" });
    const listing = await openSource(folder);
    expect(names(listing)).toEqual(["a/1.jpg", "b/2.jpg"]);
    expect(listing.warnings).toEqual([
      "left out as not JPEG, PNG or WebP by name: 1 .txt",
      "3.jpg and 1 more: beside the class folders, in none of them, left out",
    ]);
  });
  it("changes its fingerprint with names and sizes", async () => {
    await write({ "a/1.jpg": "x", "b/2.jpg": "y" });
    const { fingerprint } = await openSource(folder);
    expect((await openSource(folder)).fingerprint).toBe(fingerprint);
    await write({ "a/1.jpg": "xx" });
    expect((await openSource(folder)).fingerprint).not.toBe(fingerprint);
  });
  it("says which pictures were written after a time", async () => {
    await write({ "a/1.jpg": "x", "b/2.jpg": "y" });
    await utimes(join(folder, "a/1.jpg"), 1000, 1000);
    const listing = await openSource(folder);
    expect(writtenSince(listing, 1_000_000)).toEqual(["b/2.jpg"]);
    expect(writtenSince(listing, 999_999)).toEqual(["a/1.jpg", "b/2.jpg"]);
  });
  it("follows links, leaves loops out and says so", async () => {
    await write({ "in/a/1.jpg": "x", "in/b/2.jpg": "y", "out/3.jpg": "z" });
    await symlink(join(folder, "out/3.jpg"), join(folder, "in/a/3.jpg"));
    await symlink("..", join(folder, "in/a/up"));
    await symlink("nowhere", join(folder, "in/b/gone.jpg"));
    const listing = await openSource(join(folder, "in"));
    expect(names(listing)).toEqual(["a/1.jpg", "a/3.jpg", "b/2.jpg"]);
    expect(listing.warnings).toEqual([
      "b/gone.jpg: no longer there, or no plain file",
      "a/up: a link to a folder above it, left out",
      "1 link leads out of the folder and was followed",
    ]);
  });
  it.each<[string, Record<string, string>, string]>([
    ["an empty class", { "a/1.jpg": "", "b/x.txt": "" }, 'class folder "b" holds no'],
    ["one class", { "a/1.jpg": "" }, 'at least 2 classes, got 1 ("a")'],
    [
      "pictures without classes",
      { "1.jpg": "" },
      "expected a folder for each class, got pictures side by side (1, as 1.jpg)",
    ],
    ["parts instead of classes", { "train/a/1.jpg": "", "val/a/1.jpg": "" }, "look like parts of a data set"],
  ])("refuses %s", async (_, tree, message) => {
    await write(tree);
    expect(await refusal(folder)).toContain(message);
  });
  it("warns of classes that are twins, and keeps odd names on one line", async () => {
    await write({ "Cat/1.jpg": "", "cat/1.jpg": "", "a\n\u202eb/1.jpg": "", "A\n\u202eB/1.jpg": "" });
    expect((await openSource(folder)).warnings).toEqual([
      'classes "A\\u{a}\\u{202e}B" and "a\\u{a}\\u{202e}b" differ only in case or encoding',
      'classes "Cat" and "cat" differ only in case or encoding',
    ]);
  });
  it("says of names that are no UTF-8 that they are not, of pictures and of folders", needs("linux"), async () => {
    await write({ "a/1.jpg": "x", "b/2.jpg": "y" });
    const latin = (...parts: string[]) => Buffer.from(join(folder, ...parts), "latin1");
    await writeFile(latin("a", "caf\xe9.jpg"), "z");
    expect((await openSource(folder)).warnings).toEqual(["a/caf\ufffd.jpg: its name is not UTF-8, left out"]);
    await mkdir(latin("caf\xe9"));
    expect(await refusal(folder)).toMatch(/\/caf\ufffd: the folder cannot be read \(its name is not UTF-8\)$/);
  });
  it("is refused where there is none", async () => {
    expect(await refusal(join(folder, "none"))).toContain("no such file or folder");
  });
});

describe("a list file", () => {
  it("is read as CSV with quotes, and as JSON lines, to the same listing", async () => {
    await write({
      "p/a, b.jpg": "",
      "p/c.jpg": "",
      "list.csv": '\ufefflabel,path,note\r\ncat,"p/a, b.jpg",x\r\n\r\n"dog ""big""",p/c.jpg,\r\n',
      "list.jsonl": '{"path":"p/a, b.jpg","label":"cat"}\n\n{"path":"p/c.jpg","label":"dog \\"big\\""}\n',
    });
    const csv = await openSource(join(folder, "list.csv"));
    expect(csv.classes).toEqual(["cat", 'dog "big"']);
    expect(names(csv)).toEqual(["p/a, b.jpg", "p/c.jpg"]);
    expect(await openSource(join(folder, "list.jsonl"))).toEqual({ ...csv, path: join(folder, "list.jsonl") });
  });
  it.each([
    ["l.csv", "file,label\na.jpg,x", ":1: expected a header"],
    ["l.csv", "path,label\na.jpg,x\nb.jpg,y", ":3: no file b.jpg (1 of 2 are missing)"],
    ["l.csv", "path,label\na.jpg,x\na.jpg,y", ':3: a.jpg was "x" before and is "y" now'],
    ["l.csv", 'path,label\n"a.jpg,x', ":2: a quote that is not closed"],
    ["l.csv", "path,label\na.jpg", ":2: expected a label"],
    ["l.jsonl", '{"path":"a.jpg","label":"x"}\n{"path":', ":2: expected an object"],
    ["l.jsonl", '{"path":7,"label":"x"}', ":1: expected a path"],
    ["l.txt", "", "expected a folder, .csv"],
  ])("%s with %j is refused", async (name, text, message) => {
    await write({ "a.jpg": "", [name]: text });
    expect(await refusal(join(folder, name))).toContain(message);
  });
  it("any cells survive being written as CSV", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ") });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join()).join("\n");
        expect(parseCsv(text, "f").map(({ cells }) => cells)).toEqual(rows);
      }),
    );
  });
});

describe("parts of a listing", () => {
  const listing = async (...files: string[]) => {
    await write(Object.fromEntries(files.map((name) => [name, ""])));
    return openSource(folder);
  };
  it("holdOut gives each picture to one part, and more pictures change nothing for it", async () => {
    const some = Array.from({ length: 60 }, (_, i) => `${"ab"[i % 2]}/${i}.jpg`);
    const first = holdOut(await listing(...some), 0.3);
    expect([...names(first.train), ...names(first.validation)].sort()).toEqual([...some].sort());
    expect(first.validation.items.length).toBeGreaterThan(8);
    expect(first.validation.items.length).toBeLessThan(30);
    const second = holdOut(await listing(...some.map((name) => name.replace(/(\d+)/, "more$1"))), 0.3);
    expect(names(second.validation)).toEqual(expect.arrayContaining(names(first.validation)));
  });
  it("holdOut refuses a share that leaves nothing", async () => {
    const few = await listing("a/1.jpg", "b/2.jpg");
    expect(() => holdOut(few, 0)).toThrow("none held out");
    expect(() => holdOut(few, 1)).toThrow("none to train on");
  });
  it("thinOut takes pictures at even distances and says so in the fingerprint", async () => {
    await write(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${"abc"[i % 3]}/${i}.png`, "x"])));
    const listing = await openSource(folder);
    const few = thinOut(listing, 6);
    expect(few.items).toEqual(listing.items.filter((_, i) => i % 2 === 0));
    expect(new Set(few.items.map(({ label }) => label)).size).toBe(3);
    expect(few.fingerprint).not.toBe(listing.fingerprint);
    expect(thinOut(listing, 5).fingerprint).not.toBe(few.fingerprint);
    for (const most of [12, 13]) expect(thinOut(listing, most)).toBe(listing);
    expect(thinOut(listing, 7).items).toHaveLength(7);
  });

  it("matchClasses accepts the model's classes only, and numbers labels as the model does", async () => {
    const set = await listing("b/1.jpg", "d/2.jpg");
    expect(matchClasses(set, ["d", "b"]).items.map(({ label }) => label)).toEqual([1, 0]);
    expect(() => matchClasses(set, ["b", "c"])).toThrow(`${folder}: the class "d" is not one of`);
    expect(() => matchClasses(set, ["b", "c", "d"])).toThrow(`${folder}: the class "c" of the model`);
  });
});

it("byCodePoint differs from UTF-16 order beyond the basic plane", () => {
  expect(["\u{1f600}", "\uff5e", "a", "B"].sort(byCodePoint)).toEqual(["B", "a", "\uff5e", "\u{1f600}"]);
});
