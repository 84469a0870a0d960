// MixUp and CutMix on bytes: what their papers say of pictures and labels, and nothing of pictures left out.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Mixing, mixBatch } from "../../../src/images/augment/mixing.ts";
import { random } from "../../../src/images/random.ts";

const side = 24;
const bytes = side * side * 3;
const noise = (n: number): Uint8Array =>
  Uint8Array.from({ length: n * bytes }, (_, i) => Math.imul(i, 2654435761) >>> 24);
const pictureOf = (images: Uint8Array, at: number): Uint8Array => images.subarray(at * bytes, (at + 1) * bytes);
const mixup: Mixing = { name: "mixup", alpha: 1, probability: 1 };
const cutmix: Mixing = { name: "cutmix", alpha: 1, probability: 1 };

function mixed(labels: readonly number[], mixing: Mixing, index = 0) {
  const before = noise(labels.length);
  const images = before.slice();
  return { before, images, ...mixBatch(images, Int32Array.from(labels), side, mixing, random(5, "mix", 0, index)) };
}
/** The share of the picture itself, whichever label comes first. */
const ownShare = ({ labels, shares }: ReturnType<typeof mixed>, at: number, own: number): number =>
  labels[at] === own ? shares[at]! : 1 - shares[at]!;

test("MixUp: share * picture + (1 - share) * the next one, to half a level, and the labels by the same share", () => {
  for (let index = 0; index < 20; index++) {
    const made = mixed([0, 1, 2, 3], mixup, index);
    const share = ownShare(made, 0, 0);
    for (let at = 0; at < 4; at++) {
      const next = (at + 1) % 4;
      const [own, other] = [pictureOf(made.before, at), pictureOf(made.before, next)];
      const furthest = pictureOf(made.images, at).reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (share * own[i]! + (1 - share) * other[i]!))),
        0,
      );
      expect(furthest).toBeLessThanOrEqual(0.5 + 1e-4);
      expect(new Set([made.labels[at], made.second[at]])).toEqual(new Set([at, next]));
      expect(ownShare(made, at, at)).toBeCloseTo(share, 6);
    }
  }
});

test("CutMix: one rectangle of the next picture, the same in all, and a share of exactly what is left", () => {
  let areas = 0;
  for (let index = 0; index < 200; index++) {
    const made = mixed([0, 1, 2], cutmix, index);
    const boxes = [0, 1, 2].map((at) => {
      const [own, other, now] = [made.before, made.before, made.images].map((images, i) =>
        pictureOf(images, i === 1 ? (at + 1) % 3 : at),
      );
      const pasted: number[] = [];
      for (let pixel = 0; pixel < side * side; pixel++) {
        const same = (to: Uint8Array) => [0, 1, 2].every((c) => now![3 * pixel + c] === to[3 * pixel + c]);
        expect(same(own!) || same(other!)).toBe(true);
        if (!same(own!)) pasted.push(pixel);
      }
      expect(1 - ownShare(made, at, at)).toBeCloseTo(pasted.length / side ** 2, 6);
      return pasted;
    });
    expect(boxes[1]).toEqual(boxes[0]);
    expect(boxes[2]).toEqual(boxes[0]);
    const [rows, columns] = [
      new Set(boxes[0]!.map((pixel) => Math.floor(pixel / side))),
      new Set(boxes[0]!.map((pixel) => pixel % side)),
    ];
    expect(rows.size * columns.size).toBe(boxes[0]!.length);
    areas += boxes[0]!.length / side ** 2;
  }
  // Uniform areas, of which a centre anywhere cuts off: of a square with side s there remains (s - s^2/4)^2, 0.32 in the mean.
  expect(areas / 200).toBeGreaterThan(0.24);
  expect(areas / 200).toBeLessThan(0.42);
});

test("either takes both, and a batch of a smaller probability is left as it is as often as that says", () => {
  const either: Mixing = { name: "either", mixupAlpha: 1, cutmixAlpha: 1, probability: 0.5 };
  const kinds = { none: 0, mixup: 0, cutmix: 0 };
  for (let index = 0; index < 200; index++) {
    const { before, images, shares, labels, second } = mixed([0, 1], either, index);
    if (Buffer.compare(before, images) === 0) {
      kinds.none++;
      if (shares.every((share) => share === 1)) expect(second).toEqual(labels);
    } else if ([...images].every((value, i) => value === before[i] || value === before[(i + bytes) % (2 * bytes)]))
      kinds.cutmix++;
    else kinds.mixup++;
  }
  expect(kinds.none).toBeGreaterThan(75);
  expect(kinds.none).toBeLessThan(130);
  expect(Math.min(kinds.mixup, kinds.cutmix)).toBeGreaterThan(25);
});

describe("whatever the batch", () => {
  const label = fc.integer({ min: -1, max: 3 });
  test.each([mixup, cutmix])(
    "$name: the larger share comes first, and pictures left out stay and go nowhere",
    (mixing) => {
      fc.assert(
        fc.property(fc.array(label, { minLength: 1, maxLength: 7 }), fc.nat(1000), (labels, index) => {
          const made = mixed(labels, mixing, index);
          const good = [...labels.keys()].filter((at) => labels[at]! >= 0);
          for (const [at, own] of labels.entries()) {
            expect(made.shares[at]).toBeGreaterThanOrEqual(0.5);
            const next = good[(good.indexOf(at) + 1) % good.length];
            const possible = own < 0 ? [-1] : [own, labels[next!]!];
            expect(possible).toContain(made.labels[at]);
            expect(possible).toContain(made.second[at]);
            if (own < 0 || good.length < 2) {
              expect(pictureOf(made.images, at)).toEqual(pictureOf(made.before, at));
              expect(made.shares[at]).toBe(1);
            }
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  test("it is a function of the batch's place, and other batches are mixed otherwise", () => {
    const [one, same, other] = [0, 0, 1].map((index) => mixed([0, 1, 2], mixup, index));
    expect(same).toEqual(one);
    expect(other!.shares).not.toEqual(one!.shares);
  });
});
