// Pictures that are there twice, and what a report says of them.
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodePng } from "../../src/images/decode.ts";
import type { Listing } from "../../src/images/sources/listing.ts";
import { faultsOf } from "../../src/run-report/faults.ts";
import { runReport } from "../../src/run-report/report.ts";
import { makeUpRun } from "./made-up.ts";

const root = mkdtempSync(join(tmpdir(), "inception-faults-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const file = (name: string): string => join(root, name);
const listing = (...names: readonly string[]): Listing => ({
  path: root,
  classes: ["a"],
  items: names.map((name) => ({ name, label: 0, source: { file: file(name) } })),
  fingerprint: "",
  warnings: [],
});

beforeAll(async () => {
  for (const [i, name] of ["1", "2", "3"].entries())
    writeFileSync(file(name), await encodePng(new Uint8Array(4 * 4 * 3).fill(10 * i), 4, 4));
  copyFileSync(file("1"), file("1 again"));
  copyFileSync(file("1"), file("1 held out"));
  copyFileSync(file("2"), file("2 again"));
  // As long as another, and not the same.
  writeFileSync(
    file("other"),
    readFileSync(file("3")).map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
  );
  appendFileSync(file("rejected.jsonl"), '{"name":"x","reason":"cut off"}\n{"name":"y","reason":"empty"}\n');
});

test("copies are counted without the first of each, and those of the other half", async () => {
  const sets = {
    train: listing("1", "1 again", "2", "2 again", "3", "gone"),
    validation: listing("1 held out", "other"),
  };
  expect(await faultsOf(sets, file("rejected.jsonl"))).toEqual({ unreadable: 2, copies: { pictures: 3, across: 1 } });
  const clean = { train: listing("1", "2"), validation: listing("3") };
  expect(await faultsOf(clean, file("none"))).toEqual({ unreadable: 0, copies: { pictures: 0, across: 0 } });
});

test("a report says both", async () => {
  const run = await makeUpRun(join(root, "run"));
  const said = async () =>
    /<section id="data">[\s\S]*?<p>([^<]*)<\/p>/.exec((await runReport(run, { budget: 1e5 })).text)![1];
  expect(await said()).toMatch(/Training could read all that it looked at\. No two have the same bytes\.$/);
  appendFileSync(join(run, "rejected.jsonl"), '{"name":"x","reason":"cut off"}\n');
  expect(await said()).toContain("Training left out 1 picture that could not be read (rejected.jsonl).");
});
