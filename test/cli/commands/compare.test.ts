// inception compare over stored results: what it prints, and what it refuses to pair.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { registerCompare } from "../../../src/cli/commands/compare.ts";
import { type Saved, writeSaved } from "../../../src/evaluate/saved.ts";
import { openResult } from "../../../src/results/pairing.ts";
import { savedOf } from "../../evaluate/saved-result.ts";
import { readPrinted } from "../printed.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-compare-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const n = 40;
const labels = Array.from({ length: n }, (_, i) => i % 2);
/** A result that has all pictures right but the first `wrong`. */
const result = (wrong: number, more: Partial<Saved> = {}) =>
  savedOf(
    labels.map((label, i) => (label === (i < wrong ? 1 : 0) ? [0.8, 0.2] : [0.2, 0.8])),
    labels,
    more,
  );

async function compare(a: Omit<Saved, "path">, b: Omit<Saved, "path">, ...words: string[]): Promise<string> {
  writeSaved(join(folder, "a"), a);
  writeSaved(join(folder, "b"), b);
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = new Command().exitOverride();
  registerCompare(program);
  await program.parseAsync(["compare", join(folder, "a"), join(folder, "b"), ...words], { from: "user" });
  const text = written.mock.calls.map(([text]) => String(text)).join("");
  if (!words.includes("--json")) expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  return text;
}

/** Without the line breaks of what is broken between words. */
const unbroken = (text: string): string => text.replaceAll(/\n +(?=\S)/g, " ");

describe("inception compare", () => {
  it("prints the table, the difference with its interval, p and the verdict", async () => {
    const text = await compare(result(2), result(14));
    expect(text).toMatch(/top-1 +26 +12 +0 +2 +95\.00% +65\.00%/);
    expect(unbroken(text)).toMatch(
      /top-1: A - B = \+30\.00 points \(95%: \+1\d\.\d+ to \+4\d\.\d+\), McNemar's exact p = 0\.0005: A is better/,
    );
    // Two classes: half of all is chance, and everything is among five.
    expect(text).toMatch(/^guessing: 50\.00% by chance, 50\.00% by always naming "class 0"$/m);
    expect(text).not.toContain("top-5");
    expect(text.replaceAll("\n", " ")).toContain(
      "One training each: this speaks about these models, not about the recipes",
    );
    expect(text).toMatch(/class 0 +20 +95\.00% +65\.00% +\+30\.00 +0\.0313 +0\.0625/);
  });

  it("says not distinguishable where the interval includes zero", async () => {
    expect(unbroken(await compare(result(4), result(5)))).toMatch(
      /top-1: A - B = \+2\.50 points .*: not distinguishable/,
    );
    const same = await compare(result(5), result(5));
    // Of forty pictures none tells the two apart: z^2 / (40 + z^2) = 8.76% to either side.
    expect(unbroken(same)).toContain(
      "top-1: A - B = +0.00 points (95%: -8.76 to +8.76, Tango's score interval), McNemar's exact p = 1.0000",
    );
  });

  it("shows top-5 from ten classes on", async () => {
    const of = (right: number) =>
      savedOf(
        Array.from({ length: 10 }, (_, i) =>
          Array.from({ length: 10 }, (_, k) => (k === (i < right ? i : 9 - i) ? 1 : 0)),
        ),
        [...Array(10).keys()],
      );
    expect(await compare(of(9), of(8))).toMatch(/^top-5: A - B = /m);
  });

  it("says whose checkpoint was chosen on the pictures that judge it, and which are sets of trainings", async () => {
    const [model] = result(0).protocol.models;
    const chosen = { ...result(0).protocol, models: [{ ...model!, chosenHere: true }] };
    const both = { ...result(0).protocol, models: [model!, { ...model!, digest: "b" }] };
    const text = (await compare(result(2, { protocol: both }), result(14, { protocol: chosen }))).replaceAll("\n", " ");
    expect(text).toContain("Of B the checkpoint that validated best on these very pictures was taken");
    expect(text).toContain("One set of trainings each: this speaks about these models");
  });

  it("divides pictures where labels tie, and still counts each once", async () => {
    const tied = savedOf(
      labels.map(() => [1 / 3, 1 / 3, 1 / 3]),
      labels,
    );
    const sure = savedOf(
      labels.map((label) => [0.8 - 0.6 * label, 0.1, 0.1 + 0.6 * label]),
      labels,
    );
    const { top1, classes } = readPrinted("inception.compare/2", await compare(tied, sure, "--json"));
    expect([top1.n, classes.map((one) => one.n)]).toEqual([40, [20, 20]]);
    expect(top1.agreement.both).toBeCloseTo(20 / 3, 9);
    vi.restoreAllMocks();
    expect(await compare(tied, sure)).toMatch(/^40 pictures \(f00d\)$/m);
  });

  it("of sets with some of the classes also compares within these", async () => {
    const some = (best: number) =>
      savedOf(
        labels.map((label) => (label === 0 ? [0.4, 0.3, 0.3] : [0.1, 0.9 - best, best])),
        labels,
        {
          subset: ["class 0", "class 1"],
        },
      );
    const text = await compare(some(0.3), some(0.6));
    expect(text).toMatch(/^top-1: A - B = \+50\.00 points/m);
    expect(text).toMatch(/^top-1 within the set's 2 classes: A - B = \+0\.00 points/m);
    vi.restoreAllMocks();
    const document = readPrinted("inception.compare/2", await compare(some(0.3), some(0.6), "--json"));
    expect(document).toMatchObject({
      subset: { classes: ["class 0", "class 1"], top1: { accuracyA: 1, accuracyB: 1 } },
    });
  });

  it("prints one JSON document", async () => {
    const document = readPrinted("inception.compare/2", await compare(result(14), result(2), "--json"));
    expect(document).toMatchObject({
      schema: "inception.compare/2",
      a: { path: join(folder, "a"), fingerprint: "f00d" },
      top1: {
        n,
        agreement: { both: 26, onlyA: 0, onlyB: 12, neither: 2 },
        accuracyA: 0.65,
        accuracyB: 0.95,
        difference: -0.3,
        p: 2 / 2 ** 12,
        verdict: "B is better",
      },
    });
    expect(document).toMatchObject({
      speaksOf: expect.stringContaining("not about the recipes"),
      remarks: [],
      guessing: { chance: 0.5, majority: { name: "class 0", share: 0.5 } },
    });
    expect(document.classes).toHaveLength(2);
    expect(document.top1.interval.low).toBeLessThan(-0.3);
  });

  it("judges the difference with groups for units, too", async () => {
    const list = join(folder, "groups.csv");
    writeFileSync(list, `path,group\n${labels.map((_, i) => `${i}.jpg,${Math.floor(i / 10)}\n`).join("")}`);
    const text = await compare(result(2), result(14), "--groups", list);
    expect(text.replaceAll("\n", " ")).toMatch(
      /with groups, 4 of .*groups\.csv for units \(fewer than 30: too narrow\): top-1: /,
    );
    expect(text).toMatch(/^top-1: 95%: \+0\.00 to \+60\.00, sign-flip p = 0\.5000: not distinguishable$/m);
    vi.restoreAllMocks();
    const document = readPrinted(
      "inception.compare/2",
      await compare(result(2), result(14), "--groups", list, "--json"),
    );
    expect(document.groups).toMatchObject({ file: list, groups: 4, top1: { p: 0.5, verdict: "not distinguishable" } });
    expect(document.top1.verdict).toBe("A is better");
  });

  const refusals: readonly (readonly [string, Omit<Saved, "path">, RegExp])[] = [
    ["other files", result(0, { fingerprint: "beef" }), /fingerprints are f00d and beef/],
    ["other pictures", result(0, { names: labels.map((_, i) => `${i + 1}.jpg`) }), /0\.jpg is in .*a only/],
    [
      "another order",
      result(0, { names: labels.map((_, i) => `${n - 1 - i}.jpg`) }),
      /picture 1 is 0\.jpg and 39\.jpg/,
    ],
    ["another number", result(0, { listed: 41 }), /40 pictures listed and 41/],
    ["other classes", result(0, { classes: ["class 0", "frog"] }), /class 2 is "class 1" and "frog"/],
    [
      "other labels",
      result(0, { labels: Int32Array.from(labels, (label) => 1 - label) }),
      /0\.jpg is labelled "class 0" and "class 1"/,
    ],
  ];
  it.each(refusals)("refuses results over %s, with exit code 2", async (_, other, message) => {
    await expect(compare(result(0), other)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });

  it("says which picture only one could read", async () => {
    const rows = labels.slice(1).map((label) => (label === 0 ? [1, 0] : [0, 1]));
    const names = labels.slice(1).map((_, i) => `${i + 1}.jpg`);
    const rejected = [{ name: "0.jpg", reason: "the file is empty" }];
    const other = savedOf(rows, labels.slice(1), { names, listed: n, rejected });
    await expect(compare(result(0), other)).rejects.toThrow("0.jpg is in");
    await expect(compare(result(0), other)).rejects.toThrow("the other could not read it");
  });
});

describe("a result to compare", () => {
  it("is the only one of a run", () => {
    writeSaved(join(folder, "eval/step-5-average"), result(1));
    writeFileSync(join(folder, "eval/notes.txt"), "");
    expect(openResult(folder).path).toBe(join(folder, "eval/step-5-average"));
  });

  it("is asked for where a run has several, and missed where it has none", () => {
    for (const name of ["step-5-average", "step-9-average"]) writeSaved(join(folder, "eval", name), result(1));
    expect(() => openResult(folder)).toThrow(/2 stored results, expected one: step-5-average, step-9-average/);
    expect(() => openResult(join(folder, "none"))).toThrow(/holds no stored result/);
  });
});
