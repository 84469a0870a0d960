// A picture on its way: fitted in whole, and varied in the order that is said.
import { beforeAll, expect, test } from "vitest";
import { encodePng } from "../../src/images/decode.ts";
import { type Augmentation, isConstant, preparePicture } from "../../src/images/prepare.ts";
import { wholeOf } from "../../src/images/resample/extent.ts";
import { resample } from "../../src/images/resample/resample.ts";
import type { Item } from "../../src/images/sources/listing.ts";

const size = 16;
const [width, height] = [40, 30];
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
let item: Item;
beforeAll(async () => {
  item = { name: "a.png", label: 0, source: { bytes: await encodePng(pixels, width, height) } };
});
const fill = [9, 8, 7] as const;
const letterbox = { name: "letterbox", fill } as const;
const none: Augmentation = {
  ...{ crop: "none", area: [0.5, 1], aspect: [1, 1], flip: false, color: "off", trivialAugment: false, erase: null },
};
const evaluated = (fit: Augmentation["fit"]) =>
  preparePicture(item, size, { preset: "torchvision", choice: { fit }, jpegReduction: "auto" });
const varied = (augment: Augmentation, position = 0) =>
  preparePicture(item, size, { augment, seed: 3, epoch: 1, position, jpegReduction: "auto" });

test("a letterbox is the whole picture between two bars of its colour", async () => {
  const made = await evaluated(letterbox);
  const whole = { pixels, width, height };
  const to = { width: 16, height: 12 };
  const shown = resample(whole, { source: wholeOf(whole), to, window: wholeOf(to) }, "linear");
  const bar = Array.from({ length: 2 * size }, () => fill).flat();
  expect([...made]).toEqual([...bar, ...shown, ...bar]);
});

test("a squash is the whole picture in the square", async () => {
  const whole = { pixels, width, height };
  const to = { width: size, height: size };
  expect(await evaluated({ name: "squash" })).toEqual(
    resample(whole, { source: wholeOf(whole), to, window: wholeOf(to) }, "linear"),
  );
});

test("a training picture that is not cropped is fitted in alike, by the kernel of tf", async () => {
  const fitted = (fit: Augmentation["fit"]) =>
    preparePicture(item, size, { preset: "tf", choice: { fit }, jpegReduction: "auto" });
  for (const fit of [undefined, letterbox, { name: "squash" }] as const)
    expect(await varied({ ...none, fit })).toEqual(await fitted(fit));
});

test("new variations leave the crop, the mirror and the colours of a place as they were", async () => {
  const usual: Augmentation = { ...none, crop: "area", flip: true, color: "fast" };
  const box = { probability: 1, area: [0.1, 0.2], aspect: [1, 1], fill } as const;
  for (let position = 0; position < 6; position++) {
    const before = await varied(usual, position);
    const after = await varied({ ...usual, erase: box }, position);
    const changed = [...before.keys()].filter((i) => before[i] !== after[i]);
    expect(changed.length).toBeGreaterThan(0.05 * before.length);
    expect(changed.length).toBeLessThan(0.25 * before.length);
    for (const i of changed) expect(after[i]).toBe(fill[i % 3]);
  }
});

test("each of them makes a picture another in each epoch", () => {
  const constant = { ...none, mix: null };
  expect(isConstant(constant)).toBe(true);
  for (const change of [{ trivialAugment: true }, { erase: {} }, { mix: {} }, { flip: true }])
    expect(isConstant({ ...constant, ...change })).toBe(false);
});
