// What holds for every resize; golden/pillow.test.ts has the bytes.
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Picture, type Size, wholeOf } from "../../../src/images/resample/extent.ts";
import { type Kernel, resample } from "../../../src/images/resample/resample.ts";

const kernels = ["linear", "cubic", "tensorflow"] as const satisfies readonly Kernel[];
const antialiased = ["linear", "cubic"] as const;

const make = (width: number, height: number, level: (x: number, y: number, channel: number) => number): Picture => ({
  pixels: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return level(pixel % width, Math.floor(pixel / width), i % 3);
  }),
  width,
  height,
});
const noise = (width: number, height: number): Picture =>
  make(width, height, (x, y, channel) => Math.imul((y * width + x) * 3 + channel, 2654435761) >>> 24);
const resized = (picture: Picture, to: Size, kernel: Kernel): Uint8Array =>
  resample(picture, { source: wholeOf(picture), to, window: wholeOf(to) }, kernel);
const mirrored = ({ pixels, width, height }: Picture): Picture =>
  make(width, height, (x, y, channel) => pixels[(y * width + width - 1 - x) * 3 + channel]!);
const transposed = ({ pixels, width, height }: Picture): Picture =>
  make(height, width, (x, y, channel) => pixels[(x * width + y) * 3 + channel]!);
const largest = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

const side = fc.integer({ min: 1, max: 40 });
const sizes = fc.tuple(side, side, side, side);

test.each(kernels)("%s keeps a constant picture", (kernel) => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 255 }), ([width, height, toWidth, toHeight], level) => {
      const made = resized(
        make(width, height, () => level),
        { width: toWidth, height: toHeight },
        kernel,
      );
      expect(made).toEqual(new Uint8Array(toWidth * toHeight * 3).fill(level));
    }),
  );
});

test.each(kernels)("%s at the same size gives the same bytes", (kernel) => {
  fc.assert(
    fc.property(side, side, (width, height) => {
      expect(resized(noise(width, height), { width, height }, kernel)).toEqual(noise(width, height).pixels);
    }),
  );
});

describe.each(antialiased)("%s", (kernel) => {
  test("of a mirrored picture is the mirror", () => {
    fc.assert(
      fc.property(sizes, ([width, height, toWidth, toHeight]) => {
        const to = { width: toWidth, height: toHeight };
        const made = { pixels: resized(noise(width, height), to, kernel), ...to };
        // Where a weight lies on the edge between two whole numbers, the mirror may round the other way.
        expect(largest(resized(mirrored(noise(width, height)), to, kernel), mirrored(made).pixels)).toBeLessThan(2);
      }),
    );
  });

  test("treats rows as columns, but for the bytes between the passes", () => {
    fc.assert(
      fc.property(sizes, ([width, height, toWidth, toHeight]) => {
        const to = { width: toWidth, height: toHeight };
        // In the middle, so that nothing is clipped between the passes.
        const muted = { width, height, pixels: noise(width, height).pixels.map((level) => 64 + level / 2) };
        const made = { pixels: resized(muted, to, kernel), ...to };
        const turned = resized(transposed(muted), { width: toHeight, height: toWidth }, kernel);
        expect(largest(turned, transposed(made).pixels)).toBeLessThan(3);
      }),
    );
  });

  test("of a slope is the slope, its centre where it was: half a pixel off would be 2.5 levels", () => {
    for (const to of [20, 33, 40, 70, 97, 160]) {
      const made = resized(
        make(40, 1, (x) => 20 + 5 * x),
        { width: to, height: 1 },
        kernel,
      );
      for (let x = 0; x < to; x++) {
        const position = ((x + 0.5) * 40) / to - 0.5;
        if (position > 4 && position < 35)
          expect(Math.abs(made[3 * x]! - (20 + 5 * position)), `${x} of ${to}`).toBeLessThan(1.2);
      }
    }
  });

  test("of a window is that part of the whole", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), ([width, height, toWidth, toHeight], a, b) => {
        const to = { width: toWidth, height: toHeight };
        const picture = noise(width, height);
        const [left, top] = [a % toWidth, b % toHeight];
        const window = { left, top, width: 1 + (b % (toWidth - left)), height: 1 + (a % (toHeight - top)) };
        const whole = resized(picture, to, kernel);
        const part = make(
          window.width,
          window.height,
          (x, y, channel) => whole[((top + y) * toWidth + left + x) * 3 + channel]!,
        );
        expect(resample(picture, { source: wholeOf(picture), to, window }, kernel)).toEqual(part.pixels);
      }),
    );
  });

  test("of a cut sees nothing outside of it", () => {
    const source = { left: 3, top: 5, width: 17, height: 11 };
    const to = { width: 30, height: 6 };
    const extent = { source, to, window: wholeOf(to) };
    const inside = (x: number, y: number) => x >= 3 && x < 20 && y >= 5 && y < 16;
    const [dark, light] = [0, 255].map((around) =>
      make(25, 25, (x, y, channel) => (inside(x, y) ? (x * 7 + y * 31 + channel) % 256 : around)),
    );
    expect(resample(dark!, extent, kernel)).toEqual(resample(light!, extent, kernel));
  });
});

test("a source may begin and end within pixels", () => {
  const slope = make(40, 1, (x) => 6 * x);
  const to = { width: 10, height: 1 };
  const source = { left: 4.25, top: 0, width: 20, height: 1 };
  const made = resample(slope, { source, to, window: wholeOf(to) }, "linear");
  for (let x = 1; x < 9; x++) expect(Math.abs(made[3 * x]! - 6 * (4.25 + 2 * x + 0.5))).toBeLessThan(0.6);
});

test("rows that fill more memory than is kept, and strips of one pixel, are the same as small pictures", () => {
  const tall = make(2, 60_000, (x) => 100 + 50 * x);
  const made = resized(tall, { width: 400, height: 6000 }, "linear");
  const row = resized(
    make(2, 1, (x) => 100 + 50 * x),
    { width: 400, height: 1 },
    "linear",
  );
  for (const y of [0, 1, 3000, 5999]) expect(made.subarray(y * 1200, (y + 1) * 1200)).toEqual(row);
  const strip = make(1, 100_000, (_, y) => y % 256);
  const huge = { width: 300, height: 30_000_000 };
  const window = { left: 0, top: 14_999_850, width: 300, height: 300 };
  const middle = resample(strip, { source: wholeOf(strip), to: huge, window }, "cubic");
  expect([middle.at(0), middle.at(-1)]).toEqual([49_999 % 256, 50_000 % 256]);
});

describe("tensorflow", () => {
  beforeAll(() => tf.setBackend("cpu"));

  test("is resize_bilinear without half-pixel centres, as tfjs has it", () => {
    fc.assert(
      fc.property(sizes, ([width, height, toWidth, toHeight]) => {
        const picture = noise(width, height);
        const expected = tf.tidy(() => {
          const image = tf.tensor3d(Float32Array.from(picture.pixels), [height, width, 3]);
          return tf.image.resizeBilinear(image, [toHeight, toWidth]).dataSync();
        });
        const made = resized(picture, { width: toWidth, height: toHeight }, "tensorflow");
        for (const [i, level] of made.entries()) expect(Math.abs(level - expected[i]!)).toBeLessThan(0.501);
      }),
      { numRuns: 20 },
    );
  });

  test("has no half-pixel centres", () => {
    const slope = make(2, 1, (x) => 100 * x);
    expect([...resized(slope, { width: 4, height: 1 }, "tensorflow")].filter((_, i) => i % 3 === 0)).toEqual([
      0, 50, 100, 100,
    ]);
  });
});
