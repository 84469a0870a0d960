// The crops of each protocol: published counts and coordinates, and what holds for every picture.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Crop,
  cropCounts,
  type MultiCrop,
  nestedCounts,
  planCrops,
  protocols,
  resizing,
  scales,
  type View,
} from "../../src/images/protocols.ts";
import type { Box } from "../../src/images/resample/extent.ts";

const multi = protocols.filter((name): name is MultiCrop => name !== "single");
const all = (views: readonly View[]): Crop[] => views.flatMap(({ crops }) => crops);
const corner = ({ box }: Crop): [number, number] => [box.left, box.top];

test.each([
  [224, [256, 288, 320, 352]],
  [299, [342, 384, 427, 470]],
])("scales for crops of %i pixels", (size, expected) => {
  expect(scales(size)).toEqual(expected);
});

test.each(multi)("%s has as many crops as its name says", (protocol) => {
  expect(cropCounts[protocol]).toBe(Number(protocol));
  for (const [width, height] of [
    [500, 375],
    [375, 500],
    [64, 64],
    [1, 1],
    [1, 5000],
  ] as const)
    expect(all(planCrops(protocol, width, height, 224))).toHaveLength(Number(protocol));
});

describe("a picture of 500 x 375 and crops of 224", () => {
  const views = planCrops("144", 500, 375, 224);
  const inSquare = (square: Crop["square"]) =>
    views[0]!.crops.filter((crop) => crop.square === square && !crop.mirrored);

  test("is resized to 341 x 256 and on, and all of that is looked at", () => {
    expect(views.map(({ resize }) => [resize.width, resize.height])).toEqual([
      [341, 256],
      [384, 288],
      [427, 320],
      [469, 352],
    ]);
    for (const { resize, window } of views) expect(window).toEqual({ left: 0, top: 0, ...resize });
  });

  test("has its squares at 0, 42 and 85 along the long side", () => {
    const whole = (square: Crop["square"]) => inSquare(square).find(({ anchor }) => anchor === "whole")!.box;
    expect((["first", "centre", "last"] as const).map((square) => whole(square))).toEqual(
      [0, 42, 85].map((left) => ({ left, top: 0, width: 256, height: 256 })),
    );
  });

  test.each([
    ["first", 0],
    ["centre", 42],
    ["last", 85],
  ] as const)("has its corners and centre in the %s square", (square, left) => {
    expect(Object.fromEntries(inSquare(square).map((crop) => [crop.anchor, corner(crop)]))).toEqual({
      centre: [left + 16, 16],
      "top left": [left, 0],
      "top right": [left + 32, 0],
      "bottom left": [left, 32],
      "bottom right": [left + 32, 32],
      whole: [left, 0],
    });
  });

  test("is the upright picture with the axes exchanged", () => {
    const turned = all(planCrops("144", 375, 500, 224)).map(({ box }) => [box.top, box.left, box.height, box.width]);
    const exchanged: Partial<Record<Crop["anchor"], Crop["anchor"]>> = {
      "top right": "bottom left",
      "bottom left": "top right",
    };
    const key = ({ anchor, square, scale, mirrored }: Crop) => [scale, square, anchor, mirrored].join();
    const landscape = new Map(all(views).map((crop) => [key(crop), crop.box]));
    const expected = all(planCrops("144", 375, 500, 224)).map((crop) => {
      const box = landscape.get(key({ ...crop, anchor: exchanged[crop.anchor] ?? crop.anchor }))!;
      return [box.left, box.top, box.width, box.height];
    });
    expect(turned).toEqual(expected);
  });
});

test("a square picture keeps its three coinciding squares", () => {
  const crops = all(planCrops("36", 300, 300, 224));
  expect(new Set(crops.map((crop) => `${corner(crop)} ${crop.anchor} ${crop.mirrored}`)).size).toBe(12);
  expect(crops.map(({ box }) => box).slice(0, 12)).toEqual(crops.map(({ box }) => box).slice(24));
});

const sides = fc.integer({ min: 1, max: 700 });
test("protocols are nested: the first crops of a larger one are those of the smaller", () => {
  fc.assert(
    fc.property(sides, sides, fc.integer({ min: 1, max: 300 }), (width, height, size) => {
      const largest = all(planCrops("144", width, height, size));
      for (const protocol of multi)
        expect(largest.slice(0, cropCounts[protocol])).toEqual(all(planCrops(protocol, width, height, size)));
    }),
    { numRuns: 50 },
  );
  expect(multi.every((protocol) => nestedCounts.includes(cropCounts[protocol]))).toBe(true);
});

test("every crop lies inside the resized picture, has its size, and comes with its mirror", () => {
  const strips = fc.oneof(fc.tuple(sides, sides), fc.tuple(fc.constant(1), fc.integer({ min: 1, max: 100_000 })));
  fc.assert(
    fc.property(strips, fc.boolean(), fc.integer({ min: 1, max: 400 }), ([a, b], turned, size) => {
      const [width, height] = turned ? [b, a] : [a, b];
      for (const { resize, window, crops } of planCrops("144", width, height, size)) {
        expect(isInside(window, { left: 0, top: 0, ...resize })).toBe(true);
        for (const { box, anchor, scale } of crops) {
          expect(Math.min(resize.width, resize.height)).toBe(scale);
          expect([box.width, box.height]).toEqual(anchor === "whole" ? [scale, scale] : [size, size]);
          expect(isInside(box, window)).toBe(true);
        }
        const mirrors = crops.filter(({ mirrored }) => mirrored).map(({ mirrored, ...crop }) => crop);
        expect(crops.filter(({ mirrored }) => !mirrored).map(({ mirrored, ...crop }) => crop)).toEqual(mirrors);
      }
    }),
    { numRuns: 100 },
  );
});

test("of a strip longer than its three squares only these are made, where they lie in the whole", () => {
  const views = planCrops("36", 100, 3001, 299);
  expect(views.map(({ resize }) => resize)).toEqual(Array(3).fill({ width: 342, height: 10_263 }));
  expect(views.map(({ window }) => window.top)).toEqual([4960, 0, 10_263 - 342]);
  expect(planCrops("36", 100, 300, 299)).toHaveLength(1);
});

const isInside = (inner: Box, outer: Box): boolean =>
  inner.left >= outer.left &&
  inner.top >= outer.top &&
  inner.left + inner.width <= outer.left + outer.width &&
  inner.top + inner.height <= outer.top + outer.height;

test("what was done to the size is said in a sentence", () => {
  expect(resizing("144", "tf", 299, "auto")).toBe(
    "short side to 342, 384, 427, 470 (round(299 * k / 7)), long side rounded; Pillow's bilinear kernel, antialiased",
  );
  expect(resizing("12", "tf", 224, "auto")).toMatch(/^short side to 256 /);
  expect(resizing("single", "torchvision", 299, "auto")).toMatch(
    /^short side to 342, .*; JPEGs 7 times as large and more reduced by their decoder$/,
  );
  expect(resizing("single", "timm", 299, "off")).toMatch(/^short side to 341, .*Pillow's bicubic kernel, antialiased$/);
  expect(resizing("single", "tf", 299, "auto")).toBe(resizing("single", "tf", 299, "off"));
  expect(resizing("single", "tf", 64, "auto", { share: 0.29, kernel: "cubic" })).toMatch(
    /^central 29% of each side to 64 x 64, Pillow's bicubic kernel, antialiased; JPEGs 7 times/,
  );
  expect(resizing("single", "timm", 224, "off", { share: 0.95, kernel: "linear" })).toBe(
    "short side to 235, long side rounded down, centre 224; Pillow's bilinear kernel, antialiased",
  );
});
