// The shapes set: the same from the same seed, whole or absent, and out of reach of a linear classifier.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drawShape } from "../../src/images/shapes/draw.ts";
import { makeShapes, shapeClasses } from "../../src/images/shapes/make.ts";
import { outlines } from "../../src/images/shapes/outlines.ts";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "inception-shapes-"));
});
afterEach(() => rmSync(parent, { recursive: true }));

const small = { perClass: 2, size: 24, seed: 7 };

test("a folder for each class, its pictures numbered from 1", async () => {
  const folder = join(parent, "shapes");
  const seen: number[] = [];
  expect(await makeShapes(folder, small, (done) => seen.push(done))).toBe("made");
  expect(seen.at(-1)).toBe(20);
  expect(shapeClasses).toHaveLength(10);
  for (const name of shapeClasses)
    expect(readdirSync(join(folder, name)).sort()).toEqual([`${name}-0001.png`, `${name}-0002.png`]);
  expect(readdirSync(parent)).toEqual(["shapes"]);
});

test("the same seed gives the same bytes, another seed others", async () => {
  await makeShapes(join(parent, "a"), small);
  await makeShapes(join(parent, "b"), small);
  await makeShapes(join(parent, "c"), { ...small, seed: 8 });
  expect(digest("a")).toBe(digest("b"));
  expect(digest("c")).not.toBe(digest("a"));
});

test("these pixels, on every machine", () => {
  const hash = createHash("sha256");
  for (const [index, name] of shapeClasses.entries()) hash.update(drawShape(name, 48, 42, index));
  expect(hash.digest("hex")).toBe(recordedPixels);
});

test("a set that is there is left alone; anything else is refused and untouched", async () => {
  const folder = join(parent, "shapes");
  await makeShapes(folder, small);
  expect(await makeShapes(folder, small)).toBe("there");
  await expect(makeShapes(folder, { ...small, seed: 1 })).rejects.toMatchObject({ reason: "data" });
  rmSync(join(folder, "star", "star-0002.png"));
  await expect(makeShapes(folder, small)).rejects.toThrow(/incomplete set/);
  const other = join(parent, "other");
  mkdirSync(other);
  writeFileSync(join(other, "letter.txt"), "dear");
  await expect(makeShapes(other, small)).rejects.toThrow(/other files/);
  expect(readFileSync(join(other, "letter.txt"), "utf8")).toBe("dear");
  await expect(makeShapes(join(other, "letter.txt"), small)).rejects.toThrow(/is a file/);
  expect(readdirSync(parent).sort()).toEqual(["other", "shapes"]);
});

test("outlines: inside at a shape's body, outside beyond 1.2 radii, slope at most 1", () => {
  for (const [name, outline] of Object.entries(outlines)) {
    const grid = Array.from({ length: 41 }, (_, index) => (index - 20) / 15);
    const inside = grid.flatMap((y) => grid.map((x) => outline(x, y))).filter((distance) => distance < 0).length;
    expect(inside / 41 ** 2, name).toBeGreaterThan(0.08);
    for (let angle = 0; angle < 6.3; angle += 0.1) {
      expect(outline(1.2 * Math.cos(angle), 1.2 * Math.sin(angle)), name).toBeGreaterThan(0);
    }
    for (const y of grid)
      for (const x of grid) {
        expect(Math.abs(outline(x + 0.01, y) - outline(x, y)), name).toBeLessThan(0.0101);
      }
  }
});

test("a linear classifier on the pixels fails where the shapes are plain to see", () => {
  const [perClass, held] = [200, 50];
  const draw = (count: number, seed: number) =>
    Array.from({ length: count * 10 }, (_, index) => ({
      label: index % 10,
      pixels: Float64Array.from(drawShape(shapeClasses[index % 10]!, 16, seed, index), (byte) => byte / 127.5 - 1),
    }));
  const [training, testing] = [draw(perClass, 1), draw(held, 2)];
  const model = fitLogistic(training, 30);
  const accuracy = (set: Sample[]) =>
    set.filter(({ pixels, label }) => predict(model, pixels) === label).length / set.length;
  expect(accuracy(training)).toBeGreaterThan(0.3);
  expect(accuracy(testing)).toBeLessThan(0.3);
});

type Sample = { readonly label: number; readonly pixels: Float64Array };

const scores = (model: readonly Float64Array[], pixels: Float64Array): number[] =>
  model.map((weights) => {
    let sum = weights[pixels.length]!;
    for (let index = 0; index < pixels.length; index += 1) sum += weights[index]! * pixels[index]!;
    return sum;
  });
const predict = (model: readonly Float64Array[], pixels: Float64Array): number => {
  const all = scores(model, pixels);
  return all.indexOf(Math.max(...all));
};

/** Multinomial logistic regression by stochastic gradient descent, one bias after the weights of each class. */
function fitLogistic(samples: readonly Sample[], epochs: number): Float64Array[] {
  const length = samples[0]!.pixels.length;
  const model = shapeClasses.map(() => new Float64Array(length + 1));
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    const rate = 0.004 / (1 + epoch / 10);
    for (const { label, pixels } of samples) {
      const all = scores(model, pixels);
      const most = Math.max(...all);
      const odds = all.map((score) => Math.exp(score - most));
      const total = odds.reduce((sum, value) => sum + value, 0);
      model.forEach((weights, index) => {
        const step = rate * ((index === label ? 1 : 0) - odds[index]! / total);
        for (let at = 0; at < length; at += 1) weights[at]! += step * pixels[at]!;
        weights[length]! += step;
      });
    }
  }
  return model;
}

function digest(name: string): string {
  const hash = createHash("sha256");
  for (const path of readdirSync(join(parent, name), { recursive: true, encoding: "utf8" }).sort()) {
    hash.update(path);
    if (path.endsWith(".png")) hash.update(readFileSync(join(parent, name, path)));
  }
  return hash.digest("hex");
}

const recordedPixels = "51c5837ded0d117a58c392af3a89c6ffcb0c2bd8e59b1433ef3d50711d7a29a2";
