// Files written from a table: in its order, each whole, and those that a result has.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { reportFiles } from "../../src/ablate/report.ts";
import { evaluationFiles } from "../../src/results/evaluation-files.ts";
import { writeFiles } from "../../src/results/files.ts";
import { resultFiles } from "../evaluate/saved-result.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("each file replaces an earlier one; one that the result has not is left as it is and not named", () => {
  for (const name of ["a.txt", "none.txt"]) writeFileSync(join(folder, name), "earlier, and longer");
  const writers = {
    "a.txt": (n: number) => `${n}`,
    "none.txt": () => undefined,
    "b.bin": (n: number) => Uint8Array.of(n, 0),
  };
  expect(writeFiles(folder, writers, 7)).toEqual(["a.txt", "b.bin"]);
  expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("7");
  expect([...readFileSync(join(folder, "b.bin"))]).toEqual([7, 0]);
  expect(readFileSync(join(folder, "none.txt"), "utf8")).toBe("earlier, and longer");
  expect(readdirSync(folder).sort()).toEqual(["a.txt", "b.bin", "none.txt"]);
});

test("a writer that fails leaves the files after it unwritten", () => {
  const fail = () => {
    throw new Error("no content");
  };
  expect(() => writeFiles(folder, { "a.txt": () => "a", "b.txt": fail, "summary.json": () => "{}" }, 0)).toThrow();
  expect(readdirSync(folder)).toEqual(["a.txt"]);
});

test("an evaluation's summary, which says that it is whole, is written last", () => {
  const names = Object.keys(evaluationFiles);
  expect(names.at(-1)).toBe("summary.json");
  expect([...names, "index.json", "logits.safetensors"].sort()).toEqual(resultFiles);
  expect(Object.keys(reportFiles)).toHaveLength(8);
});
