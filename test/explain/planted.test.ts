// A planted object lights up where it was planted, in the picture's own pixels, however the picture reaches the network.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Model } from "../../src/evaluate/model.ts";
import { type ViewChoice, withView } from "../../src/evaluate/view.ts";
import { explanations } from "../../src/explain/explain.ts";
import { type Grid, peakOf } from "../../src/explain/heat.ts";
import { methods } from "../../src/explain/method.ts";
import { showPicture } from "../../src/explain/overlay.ts";
import { encodePng } from "../../src/images/decode.ts";
import type { Box } from "../../src/images/resample/extent.ts";
import type { Item } from "../../src/images/sources/listing.ts";
import { chain, conv, dense, globalPool, relu } from "../../src/network/build.ts";
import { tinyModel } from "../evaluate/tiny-model.ts";

const size = 64;
const network = chain({
  Conv: chain({ conv: conv(2, 5, { stride: 4 }), relu }),
  Logits: chain({ pool: globalPool, dense: dense(2) }),
});
/** The first filter sees how much redder than the other colours a place is, the second how much bluer. */
const perColor = [1, -0.5, -0.5, -0.5, -0.5, 1];
const kernel = Float32Array.from({ length: 5 * 5 * 3 * 2 }, (_, at) => perColor[at % 6]! / 25);
const model: Model = {
  ...tinyModel,
  network,
  classes: ["red", "blue"],
  preprocessing: { ...tinyModel.preprocessing, size },
  size,
  weights: new Map([
    ["Conv/conv/kernel", { shape: [5, 5, 3, 2], data: kernel }],
    ["Logits/dense/kernel", { shape: [2, 2], data: Float32Array.of(40, 0, 0, 40) }],
    ["Logits/dense/bias", { shape: [2], data: new Float32Array(2) }],
  ]),
};

const [width, height, side] = [96, 72, 14];
type Planted = readonly [red: Box, blue: Box];

/** The red square in the left half, the blue one in the right, both within what every view shows. */
const planted: fc.Arbitrary<Planted> = fc
  .tuple(fc.integer({ min: 18, max: 33 }), fc.integer({ min: 49, max: 64 }), fc.tuple(rows(), rows()))
  .map(([left, right, [top, other]]) => [boxAt(left, top), boxAt(right, other)]);
function rows(): fc.Arbitrary<number> {
  return fc.integer({ min: 7, max: 51 });
}
const boxAt = (left: number, top: number): Box => ({ left, top, width: side, height: side });

async function pictureOf(boxes: Planted, number: number): Promise<Item> {
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const inside = boxes.findIndex((box) => isIn(box, x + 0.5, y + 0.5));
    const grey = 90 + ((x * 31 + y * 17 + number * 7) % 60);
    pixels.set([[230, 30, 30] as const, [30, 30, 230] as const][inside] ?? [grey, grey, grey], 3 * at);
  }
  return { name: `${number}.png`, label: 0, source: { bytes: await encodePng(pixels, width, height) } };
}

const isIn = ({ left, top, width, height }: Box, x: number, y: number, margin = 0): boolean =>
  x >= left - margin && x <= left + width + margin && y >= top - margin && y <= top + height + margin;

/** Of what speaks for the class, the share in the box and as many pixels around it as a cell or a patch may reach over. */
function shareIn({ width, height, values }: Grid, seen: Box, box: Box, margin: number): number {
  let [inside, all] = [0, 0];
  for (const [at, value] of values.entries()) {
    if (value <= 0) continue;
    all += value;
    const x = seen.left + (((at % width) + 0.5) / width) * seen.width;
    const y = seen.top + ((Math.floor(at / width) + 0.5) / height) * seen.height;
    if (isIn(box, x, y, margin)) inside += value;
  }
  return inside / all;
}

const views: readonly ViewChoice[] = [
  { preset: "tf" },
  { preset: "torchvision" },
  { preset: "timm", cropShare: 0.95 },
  { fit: "letterbox" },
  { fit: "squash" },
];

describe.each(views)("seen as %j", (view) => {
  test("both methods find the red square for red and the blue one for blue", async () => {
    const seenAs = withView(model, view);
    const all = fc.sample(planted, { numRuns: 4, seed: 7 });
    const items = await Promise.all(all.map(pictureOf));
    let explained = 0;
    for await (const { item, classes } of explanations(seenAs, items, {
      methods,
      classesOf: () => [0, 1],
      most: 2,
      precision: "float32",
      onBad: ({ reason }) => expect.fail(reason),
    })) {
      const boxes = all[items.indexOf(item)]!;
      const { seen } = await showPicture(item, seenAs, width);
      for (const [i, { heats }] of classes.entries())
        for (const method of methods) {
          const { map } = heats[method]!;
          const { value, x, y } = peakOf(map);
          expect(value).toBeGreaterThan(method === "occlusion" ? 0.1 : 0);
          expect(isIn(boxes[i]!, seen.left + x * seen.width, seen.top + y * seen.height, 4)).toBe(true);
          expect(shareIn(map, seen, boxes[i]!, method === "occlusion" ? 18 : 7)).toBeGreaterThan(0.95);
        }
      // Without the other one a class is more probable: it speaks against it.
      expect(Math.min(...classes[0]!.heats.occlusion!.map.values)).toBeLessThan(-0.1);
      explained++;
    }
    expect(explained).toBe(all.length);
  });
});

test("an unreadable picture is told and left out, the others keep their names", async () => {
  const good = await pictureOf([boxAt(20, 20), boxAt(60, 20)], 1);
  const bad: Item = { name: "bad.png", label: 0, source: { bytes: Uint8Array.of(1, 2, 3) } };
  const told: string[] = [];
  const names: string[] = [];
  const options = { methods: ["grad-cam"], classesOf: () => [0], most: 1 } as const;
  for await (const { item } of explanations(model, [bad, good], { ...options, onBad: ({ name }) => told.push(name) }))
    names.push(item.name);
  expect([told, names]).toEqual([["bad.png"], ["1.png"]]);
});
