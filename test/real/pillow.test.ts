// Photographs from the file to the network's input, as Pillow has them: to the byte, or within a level where a JPEG is reduced.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Preset } from "../../src/images/crop.ts";
import type { JpegReduction } from "../../src/images/jpeg-reduction.ts";
import { preparePicture } from "../../src/images/prepare.ts";
import type { Item } from "../../src/images/sources/listing.ts";
import { openSource } from "../../src/images/sources/source.ts";
import { needs, photographs } from "../needs.ts";
import golden from "./pillow.json" with { type: "json" };

const presets = ["torchvision", "timm"] as const;
const samples = async () => (await openSource(join(photographs, "imagenet-samples.tar"))).items;
const prepare = (item: Item, size: number, preset: Preset, jpegReduction: JpegReduction) =>
  preparePicture(item, size, { preset, jpegReduction });

describe("sample photographs", needs("samples"), () => {
  test("have Pillow's bytes", async () => {
    let compared = 0;
    for (const item of await samples()) {
      const expected = golden[item.name.split("/").at(-1) as keyof typeof golden];
      if (!expected) continue;
      for (const preset of presets) {
        const pixels = await prepare(item, 299, preset, "off");
        expect(createHash("sha256").update(pixels).digest("hex"), `${item.name} ${preset}`).toBe(expected[preset]);
      }
      compared++;
    }
    expect(compared).toBe(Object.keys(golden).length);
  });

  test("reduced by the JPEG decoder stay within a level in the mean", async () => {
    let reduced = 0;
    for (const item of (await samples()).filter((_, i) => i % 16 === 0))
      for (const preset of presets)
        for (const size of [24, 44]) {
          const [auto, whole] = await Promise.all([
            prepare(item, size, preset, "auto"),
            prepare(item, size, preset, "off"),
          ]);
          const difference = auto.reduce((sum, level, i) => sum + Math.abs(level - whole[i]!), 0) / auto.length;
          expect(difference, `${item.name} ${preset} ${size}`).toBeLessThan(1);
          if (difference > 0) reduced++;
        }
    expect(reduced).toBeGreaterThan(20);
  });
});
