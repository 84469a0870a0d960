// Crops lie inside the picture, keep their ranges, and the presets cut where the codebases do.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  areaCrop,
  type CropChoice,
  evaluationPlan,
  extentOf,
  type Preset,
  seenBy,
  tensorflowCrop,
} from "../../src/images/crop.ts";
import { encodePng } from "../../src/images/decode.ts";
import { preparePicture } from "../../src/images/prepare.ts";
import { random } from "../../src/images/random.ts";
import type { Box } from "../../src/images/resample/extent.ts";

const side = fc.integer({ min: 1, max: 3000 });
const range = { area: [0.08, 1], aspect: [3 / 4, 4 / 3] } as const;
const isInside = ({ left, top, width, height }: Box, outerWidth: number, outerHeight: number) =>
  left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= outerWidth && top + height <= outerHeight;

test.each([areaCrop, tensorflowCrop])("%o stays inside any picture", (crop) => {
  fc.assert(
    fc.property(side, side, fc.nat(), (width, height, seed) => {
      const box = crop(random(seed, "augment", 0, 0), width, height, range);
      expect(isInside(box, width, height)).toBe(true);
      expect(Object.values(box).every(Number.isInteger)).toBe(true);
    }),
  );
});

test.each([areaCrop, tensorflowCrop])("%o keeps to area and aspect, up to whole pixels", (crop) => {
  const shares = Array.from({ length: 500 }, (_, i) => {
    const { width, height } = crop(random(1, "augment", 0, i), 500, 400, range);
    expect(width / height).toBeGreaterThan(0.73);
    expect(width / height).toBeLessThan(1.36);
    return (width * height) / 200_000;
  });
  expect(Math.min(...shares)).toBeGreaterThan(0.078);
  expect(Math.min(...shares)).toBeLessThan(0.15);
  expect(Math.max(...shares)).toBeLessThan(1.002);
  expect(Math.max(...shares)).toBeGreaterThan(0.8);
});

test("a strip that no crop fits gets the largest central one, or the whole in TensorFlow's way", () => {
  const chance = () => random(1, "augment", 0, 0);
  expect(areaCrop(chance(), 3000, 3, { area: [1, 1], aspect: [1, 1] })).toEqual({
    left: 1498,
    top: 0,
    width: 3,
    height: 3,
  });
  expect(tensorflowCrop(chance(), 3000, 3, { area: [1, 1], aspect: [1, 1] })).toEqual({
    left: 0,
    top: 0,
    width: 3000,
    height: 3,
  });
});

test("presets on a picture of 500 x 375", () => {
  expect(evaluationPlan("tf", 500, 375, 299)).toEqual({
    crop: { left: 31, top: 23, width: 438, height: 329 },
    kernel: "tensorflow",
  });
  expect(evaluationPlan("torchvision", 500, 375, 299)).toEqual({
    resize: { width: 456, height: 342 },
    crop: { left: 78, top: 22, width: 299, height: 299 },
    kernel: "linear",
  });
  expect(evaluationPlan("timm", 500, 375, 299)).toEqual({
    resize: { width: 454, height: 341 },
    crop: { left: 78, top: 21, width: 299, height: 299 },
    kernel: "cubic",
  });
});

test.each([
  ["timm", 224, 0.9, 248],
  ["timm", 224, 0.95, 235],
  ["timm", 288, 0.95, 303],
  ["timm", 224, 1, 224],
  ["torchvision", 224, 0.95, 236],
  ["torchvision", 224, 7 / 8, 256],
] as const)("%s at %i pixels with the share %f resizes the short side to %i", (preset, size, share, side) => {
  const { resize, crop } = evaluationPlan(preset, 500, 400, size, { share });
  expect(resize).toEqual({ width: Math.floor((500 * side) / 400), height: side });
  expect(crop).toMatchObject({ width: size, height: size });
});

test("tf with a share of its own takes the central part as TensorFlow's central_crop does", () => {
  expect(evaluationPlan("tf", 500, 375, 299, { share: 0.5 }).crop).toEqual({
    left: 125,
    top: 93,
    width: 250,
    height: 189,
  });
  expect(evaluationPlan("tf", 500, 375, 299, { share: 1 }).crop).toEqual({ left: 0, top: 0, width: 500, height: 375 });
});

test("another kernel changes nothing else, and TensorFlow's is for tf alone", () => {
  for (const preset of ["tf", "torchvision", "timm"] as const)
    for (const kernel of ["linear", "cubic"] as const)
      expect(evaluationPlan(preset, 500, 375, 299, { kernel })).toEqual({
        ...evaluationPlan(preset, 500, 375, 299),
        kernel,
      });
  expect(() => evaluationPlan("timm", 500, 375, 299, { kernel: "tensorflow" })).toThrow(RangeError);
});

test("every preset's crop lies inside what it is cut from, and of a strip no more than that is made", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("tf", "torchvision", "timm"),
      side,
      side,
      fc.integer({ min: 16, max: 400 }),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      (preset, width, height, size, share) => {
        const plan = evaluationPlan(preset, width, height, size, { share });
        const { source, to, window } = extentOf(plan, { width, height }, size);
        expect(isInside(plan.crop, plan.resize?.width ?? width, plan.resize?.height ?? height)).toBe(true);
        expect(isInside(source, width, height)).toBe(true);
        expect(isInside(window, to.width, to.height)).toBe(true);
        expect([window.width, window.height]).toEqual([size, size]);
      },
    ),
  );
});

test("a letterbox holds the whole picture, its long side the network's; a squash fills the square with it", () => {
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 400 }), (width, height, size) => {
      const fill = [1, 2, 3] as const;
      const plan = evaluationPlan("torchvision", width, height, size, { fit: { name: "letterbox", fill } });
      const { source, to, window } = extentOf(plan, { width, height }, size);
      expect(plan).toMatchObject({ fill, kernel: "linear" });
      expect(source).toEqual({ left: 0, top: 0, width, height });
      expect(window).toEqual({ left: 0, top: 0, ...to });
      expect(Math.max(to.width, to.height)).toBe(size);
      const [short, exact] = [
        Math.min(to.width, to.height),
        (size * Math.min(width, height)) / Math.max(width, height),
      ];
      expect(Math.abs(short - Math.max(1, exact))).toBeLessThanOrEqual(0.5);

      const squashed = evaluationPlan("tf", width, height, size, { fit: { name: "squash" } });
      expect(squashed).toEqual({ crop: { left: 0, top: 0, width, height }, kernel: "tensorflow" });
    }),
  );
});

describe("what the network's input shows of a picture", () => {
  const whole = { width: 120, height: 90 };
  const size = 30;
  // Red says the column, green the row.
  const pixels = Uint8Array.from({ length: whole.width * whole.height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return [2 * (pixel % whole.width), 2 * Math.floor(pixel / whole.width), 0][at % 3]!;
  });
  const letterbox = { fit: { name: "letterbox", fill: [0, 0, 255] } } as const;
  const cases: readonly (readonly [Preset, CropChoice])[] = [
    ["tf", {}],
    ["torchvision", {}],
    ["timm", { share: 0.6 }],
    ["tf", letterbox],
    ["torchvision", letterbox],
    ["timm", { fit: { name: "squash" } }],
  ];

  it.each(cases)("%s %j", async (preset, choice) => {
    const bytes = await encodePng(pixels, whole.width, whole.height);
    const seen = seenBy(evaluationPlan(preset, whole.width, whole.height, size, choice), whole, size);
    const item = { name: "x.png", label: 0, source: { bytes } };
    const input = await preparePicture(item, size, { preset, choice, jpegReduction: "off" });
    let compared = 0;
    for (let at = 0; at < size * size; at++) {
      const [red, green, blue] = input.subarray(3 * at, 3 * at + 3);
      // Blue is what was filled up, or mixed with it.
      if (blue! > 0) continue;
      compared++;
      const x = seen.left + (((at % size) + 0.5) / size) * seen.width;
      const y = seen.top + ((Math.floor(at / size) + 0.5) / size) * seen.height;
      // TensorFlow's kernel is half a pixel of the input off, and edges have nothing beyond them to average.
      expect(Math.abs(red! / 2 + 0.5 - x)).toBeLessThan(0.5 * (seen.width / size) + 0.6);
      expect(Math.abs(green! / 2 + 0.5 - y)).toBeLessThan(0.5 * (seen.height / size) + 0.6);
    }
    expect(compared).toBeGreaterThan(0.6 * size * size);
  });
});
