// Pictures reduced while they are decoded are turned by our own code; libvips is the oracle.
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { openPicture } from "../../src/images/decode.ts";
import type { JpegReduction } from "../../src/images/jpeg-reduction.ts";
import { turnUpright } from "../../src/images/orientation.ts";
import { preparePicture } from "../../src/images/prepare.ts";
import { wholeOf } from "../../src/images/resample/extent.ts";
import { resample } from "../../src/images/resample/resample.ts";

/** Smooth, and different in every corner and channel. */
const width = 322;
const height = 201;
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

describe("reduced", () => {
  test.each(orientations)(
    "orientation %i looks like the whole picture, and shows what it says",
    async (orientation) => {
      const opened = await openPicture(await jpeg(orientation), "a.jpg");
      const whole = await opened.decode();
      expect(whole.shows).toEqual({ left: 0, top: 0, width: opened.width, height: opened.height });
      for (const reduction of [3, 5] as const) {
        const reduced = await opened.decode(reduction);
        const { left, top, ...shown } = reduced.shows;
        expect([opened.width, opened.height].map((side) => Math.floor(side / reduction))).toEqual([
          reduced.width,
          reduced.height,
        ]);
        expect([opened.width - shown.width, opened.height - shown.height].sort()).toEqual(
          reduction === 3 ? [0, 1] : [1, 2],
        );
        expect([left, top].every((offset) => offset >= 0)).toBe(true);
        // A slope: a pixel is as bright as the middle of what it shows.
        const to = { width: reduced.width, height: reduced.height };
        const same = resample(whole, { source: reduced.shows, to, window: wholeOf(to) }, "linear");
        expect(meanDifference(reduced.pixels, same)).toBeLessThan(0.5);
      }
    },
  );

  test("a picture that shrinks a lot stays within a level of the whole one, and can be told to be exact", async () => {
    const bytes = await jpeg(6);
    const png = await sharp(bytes).autoOrient().png().toBuffer();
    const crop = { crop: "area", area: [0.5, 1], aspect: [3 / 4, 4 / 3] } as const;
    const augment = { ...crop, flip: true, color: "fast", trivialAugment: false, erase: null } as const;
    for (let position = 0; position < 8; position++)
      for (const what of [{ augment, seed: 1, epoch: 0, position }, { preset: "torchvision" }] as const)
        for (const size of [10, 18]) {
          const prepare = (bytes: Uint8Array, jpegReduction: JpegReduction) =>
            preparePicture({ name: "a", label: 0, source: { bytes } }, size, { ...what, jpegReduction });
          const whole = await prepare(png, "auto");
          expect(await prepare(bytes, "off")).toEqual(whole);
          const reduced = await prepare(bytes, "auto");
          expect(reduced).not.toEqual(whole);
          expect(meanDifference(reduced, whole)).toBeLessThan(1);
        }
  });

  test("a PNG is not", async () => {
    const png = await sharp(smooth, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const opened = await openPicture(png, "a.png");
    expect((await opened.decode(5)).width).toBe(width);
  });
});
