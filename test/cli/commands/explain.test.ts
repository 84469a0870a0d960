// explain as a user runs it, on a checkpoint of random weights.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeCheckpoint } from "../../../src/checkpoint/store.ts";
import { decodePicture, encodePng } from "../../../src/images/decode.ts";
import { buildNetwork } from "../../../src/network/catalog.ts";
import { classes, size, suitable } from "../../checkpoint/suitable.ts";
import { randomWeights } from "../../graph/weights.ts";
import { readPrinted } from "../printed.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-explain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bin = join(import.meta.dirname, "../../../bin/inception.js");

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };
/** In the folder, with its checkpoint. */
const explain = (...words: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, [bin, "explain", "--model", "model", ...words], { cwd: folder }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  );

beforeAll(async () => {
  const { state } = suitable;
  const weights = randomWeights(buildNetwork(state.network, size), size);
  writeCheckpoint(join(folder, "model", "checkpoints"), {
    step: 7,
    files: { weights },
    state: { ...state, best: null },
  });
  for (const [i, name] of classes.entries()) {
    mkdirSync(join(folder, name));
    const pixels = Uint8Array.from({ length: 60 * 40 * 3 }, (_, at) => (at * (7 + i)) % 251);
    writeFileSync(join(folder, name, "1.png"), await encodePng(pixels, 60, 40));
  }
  writeFileSync(join(folder, "bad.png"), "no picture");
});

test("with both methods: overlays, sheets, a document; the folder's name is the true class", {
  timeout: 300_000,
}, async () => {
  const pictures = ["cat/1.png", "bad.png", "dog/1.png"];
  const patch = ["--patch", "12", "--stride", "10"];
  const { code, stdout, stderr } = await explain(
    ...[...pictures, ...patch, "--method", "both", "-k", "1", "-o", "out", "--json"],
  );
  expect([code, stderr]).toEqual([3, expect.stringContaining("bad.png: not a picture")]);
  const { explanations, layer, patch: told, rejected } = readPrinted("inception.explain/1", stdout);
  expect([layer, told]).toEqual(["Mixed_5c", { side: 12, stride: 10 }]);
  expect(rejected.map(({ name }) => name)).toEqual(["bad.png"]);
  expect(explanations.map(({ image }) => image)).toEqual(["cat/1.png", "dog/1.png"]);
  const written: string[] = [];
  for (const { image, width, height, seen, sheet, classes: explained } of explanations) {
    expect([width, height, seen]).toEqual([60, 40, { left: 3, top: 2, width: 54, height: 36 }]);
    expect(explained.filter(({ isTrue }) => isTrue).map((one) => one.class)).toEqual([image.slice(0, 3)]);
    expect(explained.length === 1 || explained[1]!.isTrue).toBe(true);
    for (const { heats } of explained) {
      expect(heats.map(({ method }) => method)).toEqual(["grad-cam", "occlusion"]);
      // Places 0, 10 and 20 of 32 pixels.
      expect(heats[1]!.measured.map((row) => row.length)).toEqual([3, 3, 3]);
      for (const { file } of heats) {
        const overlay = await decodePicture(readFileSync(join(folder, file)), file);
        expect([overlay.width, overlay.height]).toEqual([320, 213]);
        written.push(file);
      }
    }
    written.push(sheet);
  }
  expect(readdirSync(join(folder, "out")).sort()).toEqual(written.map((file) => file.replace("out/", "")).sort());
  expect(written).toEqual(expect.arrayContaining(["out/1.png", "out/1-2.png", "out/1-2-occlusion-1.png"]));
});

test("a table, with the class that is said to be true, of an earlier layer's maps", { timeout: 300_000 }, async () => {
  const { code, stdout } = await explain("cat/1.png", "--class", "dog", "--layer", "Mixed_4e", "-o", "table");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^image +class +probability +grad-cam\n[- ]+\ncat\/1\.png +/);
  expect(stdout).toMatch(/ dog \(true\) +\d+\.\d\d% +(at \d+, \d+|nowhere)\n/);
  expect(stdout).toMatch(/\nwritten to table\n$/);
});

test.each([
  [["--class", "dgo"], /^error: --class: the model has no class called dgo\nhint: it has cat, dog\n/],
  [
    ["--layer", "Mixed_9a"],
    /^error: --layer: bn-inception has no maps called Mixed_9a[\s\S]*\nhint: it has .*Mixed_5c\n/,
  ],
  [["--patch", "33"], /^error: --patch 33: expected at most the network's input, 32 pixels\n/],
  [["--patch", "4", "--stride", "5"], /^error: --stride 5: expected at most the patch, 4 pixels\n/],
])("%j is refused in a sentence", { timeout: 300_000 }, async (words, sentence) => {
  const { code, stderr, stdout } = await explain("cat/1.png", ...words);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(sentence);
});
