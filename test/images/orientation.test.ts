// Pictures reduced while they are decoded are turned by our own code; libvips is the oracle.
import sharp from "sharp";
import { expect, test } from "vitest";
import { openPicture } from "../../src/images/decode.ts";
import { turnUpright } from "../../src/images/orientation.ts";
import { preparePicture } from "../../src/images/prepare.ts";

/** Smooth, and different in every corner and channel. */
const width = 320;
const height = 200;
const smooth = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
  const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
  return [(x * 255) / width, (y * 255) / height, 127 + 100 * Math.sin(x / 40) * Math.cos(y / 30)][i % 3]!;
});
const jpeg = (orientation: number): Promise<Uint8Array> =>
  sharp(smooth, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95, chromaSubsampling: "4:4:4" })
    .withMetadata({ orientation })
    .toBuffer();
const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

const orientations = [1, 2, 3, 4, 5, 6, 7, 8];

test.each(orientations)("orientation %i turns as libvips does", async (orientation) => {
  const bytes = await jpeg(orientation);
  const { data, info } = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
  const stored = await sharp(bytes).raw().toBuffer();
  const turned = turnUpright({ pixels: stored, width, height }, orientation);
  expect([turned.width, turned.height]).toEqual([info.width, info.height]);
  expect(meanDifference(turned.pixels, data)).toBe(0);
});

test.each(orientations)("orientation %i reduced looks like the whole picture", async (orientation) => {
  const opened = await openPicture(await jpeg(orientation), "a.jpg");
  const half = await opened.decode(2);
  expect([half.width * 2, half.height * 2]).toEqual([opened.width, opened.height]);
  const full = await opened.decode();
  const means = Uint8Array.from(half.pixels, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % half.width, Math.floor(i / 3 / half.width)];
    const at = (dx: number, dy: number) => full.pixels[((2 * y + dy) * full.width + 2 * x + dx) * 3 + (i % 3)]!;
    return (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
  });
  expect(meanDifference(half.pixels, means)).toBeLessThan(1.5);
});

test("a crop of a large JPEG is the same whether it was reduced or not", async () => {
  const bytes = await jpeg(6);
  const png = await sharp(bytes).autoOrient().png().toBuffer();
  const augment = { crop: "area", area: [0.5, 1], aspect: [3 / 4, 4 / 3], flip: true, color: "fast" } as const;
  for (let position = 0; position < 8; position++)
    for (const treatment of [{ augment, seed: 1, epoch: 0, position }, { preset: "torchvision" }] as const) {
      const [reduced, whole] = await Promise.all(
        [bytes, png].map((bytes) => preparePicture({ name: "a", label: 0, source: { bytes } }, 32, treatment)),
      );
      expect(meanDifference(reduced!, whole!)).toBeLessThan(2.5);
    }
});

test("a PNG is not reduced", async () => {
  const png = await sharp(smooth, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  const opened = await openPicture(png, "a.png");
  expect(opened.reducible).toBe(false);
  expect((await opened.decode(4)).width).toBe(width);
});
