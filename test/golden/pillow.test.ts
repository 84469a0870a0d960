// Every byte of what we resize is Pillow's: pillow.py made the hashes, of noise that a formula gives.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { encodePng } from "../../src/images/decode.ts";
import { cutCrops } from "../../src/images/multi-crop.ts";
import { preparePicture } from "../../src/images/prepare.ts";
import { type Picture, wholeOf } from "../../src/images/resample/extent.ts";
import { type Kernel, resample } from "../../src/images/resample/resample.ts";
import golden from "./pillow.json" with { type: "json" };

const noise = ([width, height]: readonly number[]): Picture => ({
  pixels: Uint8Array.from({ length: width! * height! * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 24),
  width: width!,
  height: height!,
});
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("Pillow's bytes come from", () => {
  test.each(golden.resized)("$kernel, $picture to $to", ({ kernel, picture, to, sha256: expected }) => {
    const whole = noise(picture);
    const size = { width: to[0]!, height: to[1]! };
    const extent = { source: wholeOf(whole), to: size, window: wholeOf(size) };
    expect(sha256(resample(whole, extent, kernel as Kernel))).toBe(expected);
  });

  test.each(golden.cut)("$kernel, $box of $picture to $size", ({ kernel, picture, box, size, sha256: expected }) => {
    const [left, top, width, height] = box as [number, number, number, number];
    const to = { width: size, height: size };
    const extent = { source: { left, top, width, height }, to, window: wholeOf(to) };
    expect(sha256(resample(noise(picture), extent, kernel as Kernel))).toBe(expected);
  });

  test.each(golden.presets)("$preset, $picture at $size", async ({ preset, picture, size, sha256: expected }) => {
    const { pixels, width, height } = noise(picture);
    const item = { name: "a.png", label: 0, source: { bytes: await encodePng(pixels, width, height) } };
    const treatment = { preset: preset as "torchvision" | "timm", jpegReduction: "auto" } as const;
    expect(sha256(await preparePicture(item, size, treatment))).toBe(expected);
  });

  test.each(golden.crops)("all 144 crops, $picture at $size", ({ picture, size, sha256: expected }) => {
    expect(sha256(cutCrops(noise(picture), "144", size))).toBe(expected);
  });
});
