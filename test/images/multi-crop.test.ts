// Crops as pixels, of pictures that say in each pixel where it lies.
import { describe, expect, test } from "vitest";
import { encodePng } from "../../src/images/decode.ts";
import { cutCrops } from "../../src/images/multi-crop.ts";
import { preparePicture } from "../../src/images/prepare.ts";
import { type Crop, planCrops } from "../../src/images/protocols.ts";
import type { Picture } from "../../src/images/resample/extent.ts";

/** Red says the column, green the row, blue which 256 x 256 block. */
function coordinates(width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 3) pixels.set([x % 256, y % 256, (x >> 8) + 16 * (y >> 8)], at);
  return { pixels, width, height };
}
/** Red rises from 0 to 255 over the columns, green over the rows. */
function slopes(width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 3)
      pixels.set(
        [Math.round((255 * x) / Math.max(1, width - 1)), Math.round((255 * y) / Math.max(1, height - 1)), 7],
        at,
      );
  return { pixels, width, height };
}
const pixelOf = (all: Uint8Array, size: number, crop: number, x: number, y: number): number[] => {
  const at = ((crop * size + y) * size + x) * 3;
  return [...all.subarray(at, at + 3)];
};

describe.each([
  ["landscape", 90, 64],
  ["portrait", 64, 90],
  ["square", 64, 64],
  ["a long strip", 600, 64],
])("at its own scale, a %s picture of %i x %i", (_, width, height) => {
  const size = 56;
  test("is cut to the pixel", async () => {
    const picture = coordinates(width, height);
    const before = picture.pixels.slice();
    const all = cutCrops(picture, "36", size);
    const views = planCrops("36", width, height, size);
    for (const { resize } of views) expect(resize).toEqual({ width, height });
    for (const [i, { box, anchor, mirrored }] of views.flatMap(({ crops }) => crops).entries()) {
      if (anchor === "whole") continue;
      for (const [x, y] of [
        [0, 0],
        [size - 1, 0],
        [0, size - 1],
        [size - 1, size - 1],
        [13, 31],
      ] as const) {
        const column = box.left + (mirrored ? size - 1 - x : x);
        const row = box.top + y;
        expect(pixelOf(all, size, i, x, y)).toEqual([column % 256, row % 256, (column >> 8) + 16 * (row >> 8)]);
      }
    }
    expect(picture.pixels).toEqual(before);
  });
});

describe.each([
  ["landscape", 150, 100],
  ["portrait", 60, 130],
  ["square", 75, 75],
  ["tiny", 3, 2],
  ["one pixel wide", 1, 40],
  ["one pixel high", 200, 1],
  ["one pixel", 1, 1],
])("resized, a %s picture of %i x %i", (_, width, height) => {
  test("shows in each crop what lies there", async () => {
    const size = 32;
    const all = cutCrops(slopes(width, height), "144", size);
    const views = planCrops("144", width, height, size);
    let i = 0;
    for (const { resize, crops } of views)
      for (const crop of crops) {
        for (const [x, y] of [
          [0, 0],
          [size - 1, size - 1],
          [5, 20],
        ] as const) {
          const [u, v] = sourceOf(crop, x, y, size);
          const expected = [level(u / resize.width, width), level(v / resize.height, height)];
          const [red, green, blue] = pixelOf(all, size, i, x, y);
          const step = [255 / Math.max(1, width - 1), 255 / Math.max(1, height - 1)].map((rise, axis) =>
            // Averaging stops at the picture's edge, so a value there may lie half a source pixel further in.
            Math.max(2.5, [width, height][axis]! > 64 ? 0.75 * rise : 0.3 * rise),
          );
          expect(Math.abs(red! - expected[0]!)).toBeLessThanOrEqual(step[0]!);
          expect(Math.abs(green! - expected[1]!)).toBeLessThanOrEqual(step[1]!);
          expect(blue).toBe(7);
        }
        i += 1;
      }
    expect(i).toBe(144);
  });
});

/** The middle of a crop's pixel, in the resized picture. */
function sourceOf({ box, anchor, mirrored }: Crop, x: number, y: number, size: number): [number, number] {
  const column = (mirrored ? size - 1 - x : x) + 0.5;
  const factor = anchor === "whole" ? box.width / size : 1;
  return [box.left + column * factor, box.top + (y + 0.5) * factor];
}
/** The slope at `share` of the way through the picture, clamped to the middles of its first and last pixels. */
function level(share: number, whole: number): number {
  const position = Math.min(whole - 1, Math.max(0, share * whole - 0.5));
  return (255 * position) / Math.max(1, whole - 1);
}

test("of a symmetric picture a crop's mirror is the crop of the other side", async () => {
  const half = coordinates(64, 64).pixels;
  const pixels = half.map((_, at) => {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    const [x, y] = [pixel % 64, Math.floor(pixel / 64)];
    return half[(y * 64 + Math.min(x, 63 - x)) * 3 + channel]!;
  });
  const size = 56;
  const bytes = size * size * 3;
  const all = cutCrops({ pixels, width: 64, height: 64 }, "12", size);
  const crops = planCrops("12", 64, 64, size)[0]!.crops;
  const find = (anchor: Crop["anchor"], mirrored: boolean) => {
    const i = crops.findIndex((crop) => crop.anchor === anchor && crop.mirrored === mirrored);
    return all.subarray(i * bytes, (i + 1) * bytes);
  };
  expect(find("centre", true)).toEqual(find("centre", false));
  expect(find("whole", true)).toEqual(find("whole", false));
  expect(find("top left", true)).toEqual(find("top right", false));
  expect(find("bottom right", true)).toEqual(find("bottom left", false));
  expect(find("top left", true)).not.toEqual(find("top left", false));
});

test("a file gives the crops of its decoded pixels", async () => {
  const picture = coordinates(80, 70);
  const source = { bytes: await encodePng(picture.pixels, picture.width, picture.height) };
  const prepared = await preparePicture({ name: "a.png", label: 0, source }, 24, { crops: "144" });
  expect(prepared).toEqual(cutCrops(picture, "144", 24));
});
