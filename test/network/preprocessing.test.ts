import { describe, expect, test } from "vitest";
import { preprocessingSchema, unitRange, zeroColor } from "../../src/network/preprocessing.ts";

const usual = { order: "RGB", scale: 2 / 255, mean: [1, 1, 1], deviation: [1, 1, 1] };

test("what earlier checkpoints say means RGB in [-1, 1] and no background", () => {
  expect(unitRange).toEqual(usual);
  expect(preprocessingSchema.parse({ size: 299, preset: "tf" })).toEqual({
    size: 299,
    preset: "tf",
    fit: "crop",
    jpegReduction: "auto",
    ...usual,
    background: false,
  });
});

test("the colour that is 0 to the network, in RGB and in bytes", () => {
  expect(zeroColor(unitRange)).toEqual([128, 128, 128]);
  expect(zeroColor({ ...unitRange, scale: 1 / 255, mean: [0.485, 0.456, 0.406] })).toEqual([124, 116, 104]);
  expect(zeroColor({ ...unitRange, order: "BGR", scale: 1, mean: [104, 117, 123] })).toEqual([123, 117, 104]);
  expect(zeroColor({ ...unitRange, mean: [-1, 0, 3] })).toEqual([0, 0, 255]);
});

test("survives JSON to the last bit", () => {
  const imagenet = {
    ...preprocessingSchema.parse({ size: 224, preset: "torchvision" }),
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
  };
  expect(preprocessingSchema.parse(JSON.parse(JSON.stringify(imagenet)))).toEqual(imagenet);
});

describe("is refused with", () => {
  test.each([
    ["a size of none", { size: 0 }],
    ["an unknown resize", { preset: "caffe" }],
    ["an unknown order", { order: "GBR" }],
    ["a deviation of zero", { deviation: [1, 0, 1] }],
    ["two means", { mean: [1, 1] }],
    ["a key that this version does not know", { gamma: 2.2 }],
  ])("%s", (_, change) => {
    expect(preprocessingSchema.safeParse({ size: 299, preset: "tf", ...change }).success).toBe(false);
  });
});
