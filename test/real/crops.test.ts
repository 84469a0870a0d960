import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { flip } from "../../src/images/color.ts";
import { decodePicture } from "../../src/images/decode.ts";
import { cutCrops } from "../../src/images/multi-crop.ts";
import { type Crop, planCrops } from "../../src/images/protocols.ts";
import type { Picture } from "../../src/images/resample/extent.ts";
import { openSource } from "../../src/images/sources/source.ts";
import { needs, photographs } from "../needs.ts";

const archive = join(photographs, "imagenet-samples.tar");

const size = 64;
const bytes = size * size * 3;

describe("the crops of twelve photographs", needs("samples"), () => {
  test("agree in colour with the squares that they are made of", async () => {
    const { items } = await openSource(archive);
    for (const { name, source } of items.filter((_, i) => i % Math.ceil(items.length / 12) === 0)) {
      const picture = await decodePicture("bytes" in source ? source.bytes : new Uint8Array(), name);
      const all = cutCrops(picture, "144", size);
      const views = planCrops("144", picture.width, picture.height, size);
      const crops = views.flatMap((view) => view.crops.map((crop) => ({ crop, view })));
      expect(crops).toHaveLength(144);
      for (const [i, { crop, view }] of crops.entries()) {
        const pixels = all.slice(i * bytes, (i + 1) * bytes);
        if (crop.mirrored) {
          flip(pixels, size);
          expect(Buffer.compare(pixels, all.subarray((i - 1) * bytes, i * bytes)), `${name} ${i}`).toBe(0);
        } else if (crop.anchor === "whole") {
          const expected = meanOf(picture, crop.box, view.resize.width / picture.width);
          for (const [channel, mean] of meanOf({ pixels, width: size, height: size }).entries())
            expect(Math.abs(mean - expected[channel]!), `${name} ${i}`).toBeLessThan(3);
        }
      }
    }
  });
});

/** Mean colour of a box given in pixels of the picture enlarged by `scale`. */
function meanOf({ pixels, width, height }: Picture, box?: Crop["box"], scale = 1): [number, number, number] {
  const { left, top, ...size } = box ?? { left: 0, top: 0, width, height };
  const sums: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let y = Math.round(top / scale); y < Math.min(height, Math.round((top + size.height) / scale)); y++)
    for (let x = Math.round(left / scale); x < Math.min(width, Math.round((left + size.width) / scale)); x++, count++)
      for (const channel of [0, 1, 2] as const) sums[channel] += pixels[(y * width + x) * 3 + channel]!;
  return [sums[0] / count, sums[1] / count, sums[2] / count];
}
