// Files become checkpoints: the same bytes each time, what is asked for inside, and refused where they do not fit.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encode, type Tensor } from "../../src/checkpoint/safetensors.ts";
import { writeCheckpoint } from "../../src/checkpoint/store.ts";
import { openModel } from "../../src/evaluate/model.ts";
import { importWeights } from "../../src/weights/import.ts";
import { writeImported } from "../../src/weights/imported.ts";
import { fileOf, networkNamed } from "./foreign-file.ts";

let folder: string;
let file: string;
const at = (name: string): string => join(folder, name);
const foreign = fileOf(networkNamed("slim", "inception_v1"), 1001);

function write(name: string, change: (tensors: Map<string, Tensor>) => void = () => {}): string {
  const tensors = new Map<string, Tensor>(foreign.tensors);
  change(tensors);
  writeFileSync(at(name), encode(tensors));
  return at(name);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-import-"));
  file = write("whole.safetensors");
  writeFileSync(at("names.txt"), Array.from({ length: 1000 }, (_, i) => `n${10_000_000 + i} bird ${i}\n`).join(""));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a whole file", () => {
  test("is found, and its network, pictures and classes are in the checkpoint", async () => {
    const { folder: written } = writeImported(await importWeights(file, { labels: at("names.txt") }), at("a"));
    const model = openModel(written, { which: "best", raw: false });
    expect(model.options).toMatchObject({ name: "googlenet", norm: "batch-offset", classes: 1001, auxiliary: "off" });
    expect(model.preprocessing).toMatchObject({
      size: 224,
      preset: "tf",
      order: "RGB",
      mean: [1, 1, 1],
      background: true,
    });
    expect(model.classes.slice(0, 3)).toEqual(["background", "n10000000", "n10000001"]);
    const kernel = model.weights.get("Conv2d_1a_7x7/conv/kernel")!;
    expect(kernel.data).toEqual(foreign.tensors.get("InceptionV1/Conv2d_1a_7x7/weights")!.data);
  });

  test("gives the same bytes each time", async () => {
    const written = await Promise.all(
      ["b", "c"].map(async (name) => writeImported(await importWeights(file, {}), at(name)).checkpoint),
    );
    const [b, c] = written.map((path) => readdirSync(path).map((name) => readFileSync(join(path, name))));
    expect(b).toHaveLength(2);
    expect(b!.every((bytes, i) => bytes.equals(c![i]!))).toBe(true);
  });

  test("has other pixels, preset and background where they are asked for", async () => {
    const { preprocessing, classes } = await importWeights(file, {
      pixels: "imagenet",
      preset: "timm",
      backgroundClass: false,
    });
    expect(preprocessing).toMatchObject({ preset: "timm", mean: [0.485, 0.456, 0.406], background: false });
    expect([classes[0], classes.at(-1)]).toEqual(["class 0", "class 1000"]);
  });

  test("is refused with another SHA-256 than its own", async () => {
    const { sha256 } = await importWeights(file, {});
    await expect(importWeights(file, { sha256: sha256.toUpperCase() })).resolves.toBeDefined();
    await expect(importWeights(file, { sha256: "0".repeat(64) })).rejects.toThrow(
      /its SHA-256 is [0-9a-f]{64}, expected 0/,
    );
  });

  test("is refused with names for another number of classes", async () => {
    writeFileSync(at("few.txt"), "a\nb\n");
    await expect(importWeights(file, { labels: at("few.txt") })).rejects.toThrow(
      /few\.txt names 2 classes, expected 1000/,
    );
  });
});

describe("a file that is not whole", () => {
  const broken = () =>
    write("broken.safetensors", (tensors) => {
      tensors.delete("InceptionV1/Mixed_3b/Branch_0/Conv2d_0a_1x1/weights");
      tensors.set("InceptionV1/Conv2d_1a_7x7/weights", { shape: [5, 5, 3, 64], data: new Float32Array(4800) });
      tensors.set("InceptionV1/extra", { shape: [1], data: Float32Array.of(1) });
    });

  test("is refused in a sentence with each kind of fault", async () => {
    await expect(importWeights(broken(), {})).rejects.toThrow(
      expect.objectContaining({
        reason: "foreignWeights",
        message: expect.stringMatching(
          /broken\.safetensors is not whole .* 1 missing \("InceptionV1\/Mixed_3b\/.*1 of another shape .*1 left over \("InceptionV1\/extra"\)/,
        ),
      }),
    );
  });

  test("with partial keeps what matches and starts the rest anew, alike each time", async () => {
    const [a, b] = await Promise.all([
      importWeights(broken(), { partial: true }),
      importWeights(broken(), { partial: true }),
    ]);
    const started = a.checkpoint.files.weights.get("Mixed_3b/b1x1/conv/kernel")!.data as Float32Array;
    expect(started.some((value) => value !== 0)).toBe(true);
    expect(Math.max(...started.map(Math.abs))).toBeLessThan(1);
    expect(b.checkpoint.files.weights.get("Mixed_3b/b1x1/conv/kernel")!.data).toEqual(started);
    expect(a.checkpoint.files.weights.get("Mixed_3c/b1x1/conv/kernel")!.data).toEqual(
      foreign.tensors.get("InceptionV1/Mixed_3c/Branch_0/Conv2d_0a_1x1/weights")!.data,
    );
  });
});

test("imported weights never go into a run's folder", async () => {
  const imported = await importWeights(file, {});
  const run = at("run");
  writeCheckpoint(join(run, "checkpoints"), imported.checkpoint);
  writeFileSync(join(run, "run.json"), "{}");
  expect(() => writeImported(imported, run)).toThrow(/run is a run, expected a folder for imported weights/);
});
