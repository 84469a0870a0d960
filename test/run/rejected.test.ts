// The list of pictures left out: each once, whatever a crash made of the last line.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runPaths } from "../../src/run/paths.ts";
import { openRejected, readRejected } from "../../src/run/rejected.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-rejected-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const picture = (name: string) => ({ name, reason: 'not a picture, "é"' });

test("a picture is listed once, in this sitting and in the next", () => {
  const paths = runPaths(folder);
  const first = openRejected(paths);
  expect(["a", "b", "a"].map((name) => first.add(picture(name)))).toEqual([true, true, false]);
  const second = openRejected(paths);
  expect(second.add(picture("b"))).toBe(false);
  expect([first.count, second.count]).toEqual([2, 2]);
  expect(readRejected(paths.rejected)).toEqual([picture("a"), picture("b")]);
});

test("a run without a bad picture has no file", () => {
  const paths = runPaths(folder);
  expect(openRejected(paths).count).toBe(0);
  expect(() => readFileSync(paths.rejected)).toThrow(/ENOENT/);
  expect(readRejected(paths.rejected)).toEqual([]);
});

test("at every length to which a crash may cut the file, the next sittings read and write whole lines", () => {
  const paths = runPaths(folder);
  for (const name of ["a", "b"]) openRejected(paths).add(picture(name));
  const whole = readFileSync(paths.rejected);
  for (let length = 0; length <= whole.length; length++) {
    writeFileSync(paths.rejected, whole.subarray(0, length));
    const kept = readRejected(paths.rejected);
    openRejected(paths).add(picture("c"));
    expect(openRejected(paths).count).toBe(kept.length + 1);
    expect(readRejected(paths.rejected)).toEqual([...kept, picture("c")]);
  }
});

test("a line that is no picture is passed over", () => {
  const paths = runPaths(folder);
  openRejected(paths).add(picture("a"));
  appendFileSync(paths.rejected, '{"name":"b","rea{"name":"c","reason":"torn"}\n\0\0\n3\n');
  expect(openRejected(paths).count).toBe(1);
  expect(readRejected(paths.rejected)).toEqual([picture("a")]);
});
