// Copies planted among photographs: all are found, and nothing else is.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkSources, type DataReport } from "../../src/cli/data-checking.ts";
import { describe as words } from "../../src/cli/data-report.ts";
import { openSource, thinOut } from "../../src/images/sources/source.ts";
import { needs, photographs } from "../needs.ts";

const planted = ["bytes", "quality", "size"] as const;
const [pictures, copiesOfEach] = [240, 20];
const has = needs("imagenette");

let folder: string;
let report: DataReport;
beforeAll(async () => {
  if (has.skip) return;
  folder = mkdtempSync(join(tmpdir(), "inception-copies-"));
  for (const name of ["a", "b"]) mkdirSync(join(folder, name));
  const { items } = thinOut(await openSource(join(photographs, "imagenette-train.tar")), pictures);
  for (const [index, { name, source }] of items.entries()) {
    const bytes = Buffer.from("bytes" in source ? source.bytes : []);
    writeFileSync(join(folder, index % 2 ? "a" : "b", basename(name)), bytes);
    const how = planted[Math.floor(index / copiesOfEach)];
    if (how === undefined) continue;
    const { width } = await sharp(bytes).metadata();
    const copy = {
      bytes: async () => bytes,
      quality: () => sharp(bytes).jpeg({ quality: 40 }).toBuffer(),
      size: () =>
        sharp(bytes)
          .resize(Math.round(width * 0.6))
          .png()
          .toBuffer(),
    }[how];
    writeFileSync(join(folder, "a", `${how}-${basename(name)}`), await copy());
  }
  ({ report } = await checkSources([folder]));
}, 120_000);
afterAll(() => folder && rmSync(folder, { recursive: true }));

test("60 of 60 planted copies are found, and no other pair", has, () => {
  expect(report.sources[0]).toMatchObject({ pictures: pictures + 3 * copiesOfEach, unreadable: [] });
  expect(report.same).toHaveLength(copiesOfEach);
  expect(report.near).toHaveLength(2 * copiesOfEach);
  const original = (name: string): string => basename(name).replace(/^(bytes|quality|size)-/, "");
  for (const group of [...report.same, ...report.near])
    expect(new Set(group.map(({ name }) => original(name))).size).toBe(1);
});

test("those of two classes come first", has, () => {
  const lines = words(report).split("\n");
  const at = lines.findIndex((line) =>
    line.startsWith("20 pictures are there with the same bytes: 10 of several classes"),
  );
  expect(at).toBeGreaterThan(0);
  const shown = lines.slice(at + 1).filter((line) => line.startsWith("  ") && line.includes(" = "));
  expect(shown.slice(0, 10).every((line) => /^ {2}(a.* = b|b.* = a)/.test(line))).toBe(true);
});
