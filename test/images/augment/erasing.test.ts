// Random erasing: rectangles of the shares and shapes that the paper gives, in the colour asked for, as often as asked for.
import { expect, test } from "vitest";
import { erase } from "../../../src/images/augment/erasing.ts";
import { random } from "../../../src/images/random.ts";

const side = 64;
const shape = { area: [0.02, 1 / 3], aspect: [0.3, 3.3] } as const;
const covered = { ...shape, probability: 1, fill: [1, 2, 3] } as const;
const white = (): Uint8Array => new Uint8Array(side * side * 3).fill(255);

/** The rectangle that differs from white: its sides, or undefined where there is none. */
function rectangleIn(pixels: Uint8Array) {
  const changed = Array.from({ length: side * side }, (_, i) => i).filter((i) => pixels[3 * i] !== 255);
  if (changed.length === 0) return undefined;
  const [columns, rows] = [changed.map((i) => i % side), changed.map((i) => Math.floor(i / side))];
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  const [width, height] = [Math.max(...columns) - left + 1, Math.max(...rows) - top + 1];
  expect(changed.length).toBe(width * height);
  return { left, top, width, height };
}

test("one rectangle of the colour, its area uniform between its bounds and its aspect within its own, anywhere", () => {
  const found = Array.from({ length: 600 }, (_, i) => {
    const pixels = white();
    erase(pixels, side, covered, random(1, "augment", 0, i));
    expect(new Set(pixels)).toEqual(new Set([255, 1, 2, 3]));
    return rectangleIn(pixels)!;
  });
  const areas = found.map(({ width, height }) => (width * height) / side ** 2);
  const aspects = found.map(({ width, height }) => height / width);
  expect(Math.min(...areas)).toBeGreaterThan(0.017);
  expect(Math.max(...areas)).toBeLessThan(0.345);
  // Uniform: a mean of 0.177.
  expect(areas.reduce((sum, area) => sum + area, 0) / 600).toBeCloseTo(0.177, 1);
  expect(Math.min(...aspects)).toBeGreaterThan(0.27);
  expect(Math.max(...aspects)).toBeLessThan(3.7);
  const taller = aspects.filter((aspect) => aspect > 1).length;
  expect(taller).toBeGreaterThan(240);
  expect(taller).toBeLessThan(360);
  expect(found.some(({ left, top }) => left === 0 || top === 0)).toBe(true);
  expect(found.some(({ left, width }) => left + width === side)).toBe(true);
});

test("as often as its probability says", () => {
  const erased = Array.from({ length: 400 }, (_, i) => {
    const pixels = white();
    erase(pixels, side, { ...covered, probability: 0.25 }, random(1, "augment", 0, i));
    return rectangleIn(pixels) !== undefined;
  }).filter(Boolean).length;
  expect(erased).toBeGreaterThan(70);
  expect(erased).toBeLessThan(130);
});

test("noise is all bytes about as often, each pixel by itself", () => {
  const pixels = white();
  erase(pixels, side, { ...covered, area: [0.9, 0.9], aspect: [1, 1], fill: "noise" }, random(1, "augment", 0, 0));
  const inside = [...pixels].filter((value) => value !== 255);
  const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length;
  expect(inside.length).toBeGreaterThan(0.85 * pixels.length);
  expect(Math.abs(mean - 127)).toBeLessThan(4);
  expect(new Set(inside).size).toBe(255);
});

test("what fits in no attempt is left as it is", () => {
  const pixels = white();
  erase(pixels, side, { ...covered, area: [1, 1] }, random(1, "augment", 0, 0));
  expect(pixels).toEqual(white());
});
