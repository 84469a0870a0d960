// Stored results: what goes in comes out bit for bit, and nothing damaged is taken.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSaved, type Saved, writeSaved } from "../../src/evaluate/saved.ts";
import { protocol } from "./saved-result.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-saved-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const saved = (n: number, values: Float32Array, gains = false): Omit<Saved, "path"> => ({
  classes: ["ä", 'b "quoted"', "c"],
  names: Array.from({ length: n }, (_, i) => `b/${i}.jpg`),
  labels: Int32Array.from({ length: n }, (_, i) => i % 3),
  logits: values.slice(0, n * 3),
  fingerprint: "f00d",
  digests: Array.from({ length: n }, (_, i) => `${i}`.repeat(16)),
  listed: n + 1,
  rejected: [{ name: "x.jpg", reason: "the file is empty" }],
  protocol: { ...protocol, crops: "12" },
  ...(gains ? { gains: { crops: [1, 12], logits: values.slice(0, n * 6) } } : {}),
});

test("any result comes back as it was, bit for bit", () => {
  fc.assert(
    fc.property(
      fc.nat(6),
      fc.boolean(),
      fc.boolean(),
      fc.float32Array({ minLength: 36, maxLength: 36, noNaN: true, noDefaultInfinity: true }),
      (n, gains, isSubset, values) => {
        const given = { ...saved(n, values, gains), ...(isSubset ? { subset: ["ä", 'b "quoted"', "c"] } : {}) };
        writeSaved(folder, given);
        expect(readSaved(folder)).toEqual({ path: folder, ...given });
      },
    ),
    { numRuns: 30 },
  );
});

test("more digests than pictures are damage, and a result from before there were any is none", () => {
  const { digests, ...before } = saved(4, new Float32Array(36));
  writeSaved(folder, { ...before, digests: digests!.slice(1) });
  expect(() => readSaved(folder)).toThrow(/index\.json is damaged: it has 3 digests of 4 pictures/);
  writeSaved(folder, before);
  expect(readSaved(folder)).toEqual({ path: folder, ...before });
});

test.each([[["ä", "c"]], [["ä", 'b "quoted"', "d"]]])(
  "a subset of %j, which is not its pictures', is damage",
  (subset) => {
    writeSaved(folder, { ...saved(4, new Float32Array(36)), subset });
    expect(() => readSaved(folder)).toThrow(/index\.json is damaged: its subset has other classes/);
  },
);

test("a folder without a result is named, with a hint", () => {
  expect(() => readSaved(join(folder, "none"))).toThrow(
    expect.objectContaining({ reason: "data", message: expect.stringMatching(/none holds no stored result/) }),
  );
});

test.each<[string, string, (text: Buffer) => Uint8Array | string, RegExp]>([
  [
    "a changed logit",
    "logits.safetensors",
    (bytes) => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)),
    /not the file that index/,
  ],
  ["half a file", "logits.safetensors", (bytes) => bytes.subarray(0, 50), /not the file that index/],
  ["half an index", "index.json", (text) => text.subarray(0, 50), /index\.json is damaged/],
  ["an index of another kind", "index.json", () => "{}", /index\.json is damaged: schema/],
  [
    "an index with a name more",
    "index.json",
    (text) => text.toString().replace('"b/0.jpg"', '"b/0.jpg", "b/extra.jpg"'),
    /expected labels of shape \[5\], got \[4\]/,
  ],
  ["an index with a class less", "index.json", (text) => text.toString().replace('"ä",', ""), /shape|label/],
])("%s is refused in one sentence", (_, name, change, message) => {
  writeSaved(folder, saved(4, new Float32Array(36).fill(1 / 3)));
  const file = join(folder, name);
  writeFileSync(file, change(readFileSync(file)));
  expect(() => readSaved(folder)).toThrow(
    expect.objectContaining({ reason: "data", message: expect.stringMatching(message) }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("a stored logit of %d is a divergence, by name", (bad) => {
  const values = new Float32Array(36);
  values[7] = bad;
  writeSaved(folder, saved(4, values));
  expect(() => readSaved(folder)).toThrow(
    expect.objectContaining({
      reason: "diverged",
      message: `${folder} gives logits that are not finite (${bad}), first for b/2.jpg`,
    }),
  );
});

test("so is one among what the first crops gave", () => {
  const values = new Float32Array(36);
  writeSaved(folder, {
    ...saved(4, values, true),
    gains: { crops: [1, 12], logits: values.slice(0, 24).fill(Number.NaN, 13, 14) },
  });
  expect(() => readSaved(folder)).toThrow(`${folder} gives logits that are not finite (NaN), first for b/2.jpg`);
});
