// Colour distortions: what each keeps, and the clamp at the end.
import fc from "fast-check";
import { expect, test } from "vitest";
import { distortColor, flip, scaleContrast, scaleSaturation, turnHue } from "../../src/images/color.ts";
import { random } from "../../src/images/random.ts";

const share = fc.float({ min: 0, max: 1, noNaN: true });
const rgb = fc.tuple(share, share, share);
const near = (values: Float32Array, expected: number[]) => {
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 5);
};

test("hue turns red to green to blue, and all the way round is nothing", () => {
  const values = Float32Array.of(1, 0, 0);
  turnHue(values, 1 / 3);
  near(values, [0, 1, 0]);
  turnHue(values, 1 / 3);
  near(values, [0, 0, 1]);
  fc.assert(
    fc.property(rgb, fc.double({ min: -0.2, max: 0.2, noNaN: true }), (color, delta) => {
      const turned = Float32Array.from(color);
      turnHue(turned, delta);
      expect(Math.max(...turned)).toBeCloseTo(Math.max(...color), 5);
      expect(Math.min(...turned)).toBeCloseTo(Math.min(...color), 5);
      turnHue(turned, -delta);
      near(turned, [...color]);
    }),
  );
});

test("hue is to the bit that of the plain formula", () => {
  const gap = (sixths: number): number => {
    const k = ((sixths % 6) + 6) % 6;
    return Math.max(0, Math.min(k, 4 - k, 1));
  };
  fc.assert(
    fc.property(rgb, fc.double({ min: -3, max: 3, noNaN: true }), (color, delta) => {
      const [r, g, b] = color;
      const value = Math.max(r, g, b);
      const range = value - Math.min(r, g, b);
      fc.pre(range > 0);
      const sixths = value === r ? (g - b) / range : value === g ? 2 + (b - r) / range : 4 + (r - g) / range;
      const turned = Float32Array.from(color);
      turnHue(turned, delta);
      const plain = [5, 3, 1].map((offset) => value - range * gap(sixths + 6 * delta + offset));
      expect([...turned]).toEqual([...Float32Array.from(plain)]);
    }),
  );
});

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

test("saturation keeps the largest channel, stops at 1 and leaves grey alone", () => {
  const values = Float32Array.of(0.8, 0.4, 0.6, 0.8, 0.2, 0.5, 0.3, 0.3, 0.3);
  scaleSaturation(values, 1.5);
  near(values, [0.8, 0.2, 0.5, 0.8, 0, 0.4, 0.3, 0.3, 0.3]);
});

test("contrast keeps each channel's mean", () => {
  const values = Float32Array.of(0.2, 0.5, 0, 0.6, 0.5, 1);
  scaleContrast(values, 0.5);
  near(values, [0.3, 0.5, 0.25, 0.5, 0.5, 0.75]);
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
