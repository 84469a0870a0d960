// A model that is done by hand in a line: the softmax of a linear function of a picture's mean colour.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { experimentSchema } from "../../src/config/schema.ts";
import type { Model } from "../../src/evaluate/model.ts";
import { encodePng } from "../../src/images/decode.ts";
import { preparePicture, type Treatment } from "../../src/images/prepare.ts";
import type { Item } from "../../src/images/sources/listing.ts";
import { chain, dense, globalPool } from "../../src/network/build.ts";
import { unitRange } from "../../src/network/preprocessing.ts";
import { softmax } from "../../src/statistics/softmax.ts";

export const size = 16;
const kernel = Float32Array.from([3, -1, 0, 0.5, 2, -2, -3, 1, 1]);
const bias = Float32Array.from([0.1, 0, -0.1]);
const experiment = experimentSchema.parse({
  network: { name: "googlenet" },
  data: { train: "x", size },
  evaluate: { batch: 4 },
});

export const tinyModel: Model = {
  path: "runs/tiny/checkpoints/step-000000007",
  step: 7,
  network: chain({ pool: globalPool, dense: dense(3, 0.1) }),
  options: { ...experiment.network, classes: 3 },
  classes: ["red", "green", "blue"],
  experiment,
  batch: 4,
  preprocessing: { size, preset: "tf", fit: "crop", jpegReduction: "auto", ...unitRange, background: false },
  size,
  preset: "tf",
  kind: "raw",
  weights: new Map([
    ["dense/kernel", { shape: [3, 3], data: kernel }],
    ["dense/bias", { shape: [3], data: bias }],
  ]),
};

/** Its probabilities for each view of a picture. */
export async function byHand(item: Item, treatment: Treatment): Promise<Float64Array[]> {
  const bytes = await preparePicture(item, size, treatment);
  const view = size * size * 3;
  return Array.from({ length: bytes.length / view }, (_, i) => {
    const own = bytes.subarray(i * view, (i + 1) * view);
    const mean = [0, 1, 2].map(
      (channel) =>
        own.reduce((sum, byte, at) => (at % 3 === channel ? sum + (byte * 2) / 255 - 1 : sum), 0) / (size * size),
    );
    return softmax([0, 1, 2].map((unit) => mean.reduce((sum, x, at) => sum + x * kernel[at * 3 + unit]!, bias[unit]!)));
  });
}

/** Picture files with colours of their own; those in `bad` are no pictures. */
export const writePictures = (folder: string, count: number, bad: readonly number[] = []): Promise<Item[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, i): Promise<Item> => {
      const pixels = Uint8Array.from({ length: 30 * 20 * 3 }, (_, at) => (at * (i + 2) + i * 40 * (at % 3)) % 256);
      const file = join(folder, `${i}.png`);
      writeFileSync(file, bad.includes(i) ? "no picture" : await encodePng(pixels, 30, 20));
      return { name: `${i}.png`, label: i % 3, source: { file } };
    }),
  );
