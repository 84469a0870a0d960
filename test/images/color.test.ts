// Colour distortions: what each keeps, and the clamp at the end.
import { expect, test } from "vitest";
import { distortColor, flip } from "../../src/images/color.ts";
import { random } from "../../src/images/random.ts";

test("bytes are rounded, and held within their bounds before that", () => {
  for (let i = 0; i < 20; i++) {
    const pixels = Uint8Array.from({ length: 3 * 256 }, (_, at) => Math.floor(at / 3));
    distortColor(pixels, "fast", random(5, "augment", 0, i));
    // Of grey pixels only the brightness changes.
    const chance = random(5, "augment", 0, i);
    if (chance.int(4) > 0) chance.uniform(); // the saturation's, which comes first
    const delta = chance.uniform(-32 / 255, 32 / 255);
    const expected = Array.from(pixels, (_, at) => {
      const value = Math.fround(Math.fround(Math.floor(at / 3) / 255) + delta);
      return Math.trunc(255 * Math.min(1, Math.max(0, value)) + 0.5);
    });
    expect([...pixels]).toEqual(expected);
  }
});

test("white stays within brightness of white and black of black: no byte wraps round", () => {
  for (const mode of ["fast", "slow"] as const)
    for (let i = 0; i < 40; i++) {
      const [white, black] = [new Uint8Array(12).fill(255), new Uint8Array(12).fill(0)];
      distortColor(white, mode, random(3, "augment", 0, i));
      distortColor(black, mode, random(3, "augment", 0, i));
      expect(Math.min(...white)).toBeGreaterThanOrEqual(255 - 32);
      expect(Math.max(...black)).toBeLessThanOrEqual(32);
    }
});

test("off changes nothing", () => {
  const pixels = Uint8Array.from({ length: 30 }, (_, i) => i * 8);
  distortColor(pixels, "off", random(1, "augment", 0, 0));
  expect(pixels).toEqual(Uint8Array.from({ length: 30 }, (_, i) => i * 8));
});

test("a flip mirrors each row by whole pixels, and twice is nothing", () => {
  const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18);
  flip(pixels, 3);
  expect([...pixels]).toEqual([7, 8, 9, 4, 5, 6, 1, 2, 3, 16, 17, 18, 13, 14, 15, 10, 11, 12]);
  flip(pixels, 3);
  expect(pixels[0]).toBe(1);
});
