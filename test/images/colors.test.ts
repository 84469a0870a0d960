// The distortions to the bit of the language's own: numbers of 64 bits, rounded to 32 after each distortion.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Colors, recolor } from "../../src/images/colors.ts";

type Values = Float32Array;

function addBrightness(values: Values, delta: number): void {
  for (const [i, value] of values.entries()) values[i] = value + delta;
}

/** Writes what `of` makes of each pixel. */
function eachPixel(values: Values, of: (rgb: number[], value: number, range: number) => number[]): void {
  for (let i = 0; i < values.length; i += 3) {
    const rgb = [...values.subarray(i, i + 3)];
    const value = Math.max(...rgb);
    values.set(of(rgb, value, value - Math.min(...rgb)), i);
  }
}

const scaleSaturation = (values: Values, factor: number): void =>
  eachPixel(values, (rgb, value, range) => {
    const saturation = value > 0 ? range / value : 0;
    const scale = saturation > 0 ? Math.min(1, saturation * factor) / saturation : 0;
    return rgb.map((channel) => value - (value - channel) * scale);
  });

const turnHue = (values: Values, delta: number): void =>
  eachPixel(values, (rgb, value, range) => {
    if (range === 0) return rgb;
    const [r, g, b] = rgb as [number, number, number];
    const sixths = value === r ? (g - b) / range : value === g ? 2 + (b - r) / range : 4 + (r - g) / range;
    return [5, 3, 1].map((offset) => {
      const k = (((sixths + 6 * delta + offset) % 6) + 6) % 6;
      return value - range * Math.max(0, Math.min(k, 4 - k, 1));
    });
  });

function scaleContrast(values: Values, factor: number): void {
  for (const channel of [0, 1, 2]) {
    const own = values.filter((_, i) => i % 3 === channel);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    for (const [i, value] of own.entries()) values[3 * i + channel] = (value - mean) * factor + mean;
  }
}

const plain = { addBrightness, scaleSaturation, turnHue, scaleContrast };

function recoloredPlainly(pixels: Uint8Array, change: (colors: Colors) => void): Uint8Array {
  const values = Float32Array.from(pixels, (byte) => byte / 255);
  change({
    addBrightness: (delta) => plain.addBrightness(values, delta),
    scaleSaturation: (factor) => plain.scaleSaturation(values, factor),
    turnHue: (delta) => plain.turnHue(values, delta),
    scaleContrast: (factor) => plain.scaleContrast(values, factor),
  });
  return Uint8Array.from(Uint8ClampedArray.from(values, (value) => Math.trunc(255 * value + 0.5)));
}

/** Some of few shades, so that grey and pairs of equal channels occur. */
const picture = fc.integer({ min: 1, max: 40 }).chain((count) =>
  fc.oneof(
    fc.uint8Array({ minLength: 3 * count, maxLength: 3 * count }),
    fc
      .array(fc.constantFrom(0, 1, 128, 255), { minLength: 3 * count, maxLength: 3 * count })
      .map((bytes) => Uint8Array.from(bytes)),
  ),
);
const strength = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const distortion = fc.oneof(
  fc.record({ name: fc.constant("addBrightness" as const), by: strength(-1.2, 1.2) }),
  fc.record({ name: fc.constant("scaleSaturation" as const), by: strength(0, 4) }),
  fc.record({ name: fc.constant("turnHue" as const), by: strength(-1 / 3, 1 / 3 - 1e-9) }),
  fc.record({ name: fc.constant("scaleContrast" as const), by: strength(0, 3) }),
);

test("any of them in any order: the same bytes", () => {
  fc.assert(
    fc.property(picture, fc.array(distortion, { maxLength: 4 }), (pixels, distortions) => {
      const change = (colors: Colors): void => {
        for (const { name, by } of distortions) colors[name](by);
      };
      const found = pixels.slice();
      recolor(found, change);
      expect([...found]).toEqual([...recoloredPlainly(pixels, change)]);
    }),
    { numRuns: 500 },
  );
});

const once = (bytes: readonly number[], change: (colors: Colors) => void): number[] => {
  const pixels = Uint8Array.from(bytes);
  recolor(pixels, change);
  return [...pixels];
};

test("hue turns red to green to blue, and all the way round is nothing", () => {
  const third = ({ turnHue }: Colors): void => turnHue(0.3333333);
  expect(once([255, 0, 0, 0, 255, 0], third)).toEqual([0, 255, 0, 0, 0, 255]);
  const round = ({ turnHue }: Colors): void => {
    for (let quarter = 0; quarter < 4; quarter++) turnHue(0.25);
  };
  expect(once([200, 10, 60, 7, 7, 7], round)).toEqual([200, 10, 60, 7, 7, 7]);
});

test("saturation keeps the largest channel, stops at 1 and leaves grey alone", () => {
  const bytes = [200, 100, 150, 200, 50, 125, 75, 75, 75];
  expect(once(bytes, ({ scaleSaturation }) => scaleSaturation(1.5))).toEqual([200, 50, 125, 200, 0, 100, 75, 75, 75]);
});

test("contrast keeps each channel's mean", () => {
  const bytes = [50, 128, 0, 150, 128, 200];
  expect(once(bytes, ({ scaleContrast }) => scaleContrast(0.5))).toEqual([75, 128, 50, 125, 128, 150]);
});

test("a picture that needs more memory, and a small one after it", () => {
  const large = new Uint8Array(3 * 5_000_000).fill(100);
  recolor(large, ({ addBrightness }) => addBrightness(0.1));
  expect(new Set(large)).toEqual(new Set([126]));
  expect(once([100, 100, 100], ({ addBrightness }) => addBrightness(0.1))).toEqual([126, 126, 126]);
});
