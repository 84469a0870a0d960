// Crops in full batches across pictures: each counted once, in its own place, whatever the batch.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Scored, scoreCrops } from "../../src/evaluate/score-crops.ts";
import type { CroppedPicture } from "../../src/images/cropped-pictures.ts";
import { softmax } from "../../src/statistics/softmax.ts";

const bytes = 3;
/** Pictures of one pixel; the first byte of crop `c` of picture `i` is 10 * i + c. One buffer serves all, as in the product. */
async function* pictures(
  count: number,
  crops: number,
  bad: readonly number[],
  start = 0,
): AsyncGenerator<CroppedPicture> {
  const buffer = new Uint8Array(crops * bytes);
  for (let index = start; index < count; index++) {
    const item = { name: `${index}`, label: 0, source: { file: "" } };
    for (let crop = 0; crop < crops; crop++) buffer.fill(10 * index + crop, crop * bytes, (crop + 1) * bytes);
    yield bad.includes(index) ? { index, item, reason: "broken" } : { index, item, crops: buffer, digest: `${index}` };
  }
}
/** Logits that depend on the pixel and on the place in the batch, and a record of the batches. */
function fake(batch: number, byPlace = 0, atOnce = 1) {
  const batches: number[][] = [];
  const logits = async (images: Uint8Array) => {
    await new Promise((resolve) => setImmediate(resolve));
    const values = Array.from({ length: batch }, (_, i) => images[i * bytes]!);
    batches.push(values);
    return values.map((value, i) => Float32Array.of(value / 50, byPlace * i, 1));
  };
  return { evaluator: { batch, atOnce, logits }, batches };
}
async function score(
  count: number,
  crops: number,
  batch: number,
  {
    bad = [],
    before = 0,
    start = 0,
    byPlace = 0,
    atOnce = 1,
  }: { bad?: number[]; before?: number; start?: number; byPlace?: number; atOnce?: number },
): Promise<{ scored: Scored[]; batches: number[][] }> {
  const { evaluator, batches } = fake(batch, byPlace, atOnce);
  const options = {
    evaluator,
    model: "model",
    size: 1,
    crops,
    average: "probabilities",
    subsets: [1, 2],
    before,
  } as const;
  const scored: Scored[] = [];
  for await (const entry of scoreCrops({ ...options, pictures: pictures(count, crops, bad, start) }))
    scored.push(entry);
  return { scored, batches };
}

const settings = fc.record({
  count: fc.integer({ min: 0, max: 7 }),
  crops: fc.integer({ min: 1, max: 9 }),
  batch: fc.integer({ min: 1, max: 11 }),
  bad: fc.uniqueArray(fc.nat(6), { maxLength: 3 }),
});

test("every picture once, in order, with the mean of exactly its crops; all batches full but the last", async () => {
  await fc.assert(
    fc.asyncProperty(settings, async ({ count, crops, batch, bad }) => {
      const { scored, batches } = await score(count, crops, batch, { bad });
      expect(scored.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, i) => i));
      for (const entry of scored) {
        expect("reason" in entry).toBe(bad.includes(entry.index));
        if ("reason" in entry) continue;
        const rows = Array.from({ length: crops }, (_, c) =>
          softmax(Float32Array.of((10 * entry.index + c) / 50, 0, 1)),
        );
        const mean = (upTo: number) => rows.slice(0, upTo).reduce((sum, row) => sum + row[0]!, 0) / upTo;
        expect(softmax(entry.logits)[0]).toBeCloseTo(mean(crops), 6);
        expect(entry.subsets.map((row) => softmax(row)[0])).toEqual(
          [1, 2].filter((n) => n <= crops).map((n) => expect.closeTo(mean(n), 6)),
        );
      }
      const good = scored.filter((entry) => !("reason" in entry)).length;
      expect(batches.length).toBe(Math.ceil((good * crops) / batch));
    }),
    { numRuns: 200 },
  );
});

test("with several batches in work at once it is all the same", async () => {
  await fc.assert(
    fc.asyncProperty(settings, fc.integer({ min: 2, max: 4 }), async ({ count, crops, batch, bad }, atOnce) => {
      const one = await score(count, crops, batch, { bad, byPlace: 0.1 });
      const several = await score(count, crops, batch, { bad, byPlace: 0.1, atOnce });
      expect(several.scored).toEqual(one.scored);
      expect(several.batches.length).toBe(one.batches.length);
    }),
    { numRuns: 200 },
  );
});

test("a second sitting finds every crop in the place that it would have had", async () => {
  await fc.assert(
    fc.asyncProperty(settings, fc.nat(6), async ({ count, crops, batch, bad }, at) => {
      const start = Math.min(at, count);
      const before = crops * Array.from({ length: start }, (_, i) => i).filter((i) => !bad.includes(i)).length;
      const whole = await score(count, crops, batch, { bad, byPlace: 0.1 });
      const rest = await score(count, crops, batch, { bad, byPlace: 0.1, before, start });
      expect(rest.scored).toEqual(whole.scored.slice(start));
    }),
    { numRuns: 200 },
  );
});

test("a stop takes effect between two batches, and what was finished is still given", async () => {
  const { evaluator, batches } = fake(4);
  const stop = new AbortController();
  const scored: number[] = [];
  const heard: number[] = [];
  const scoring = scoreCrops({
    evaluator,
    model: "model",
    pictures: pictures(9, 3, []),
    size: 1,
    crops: 3,
    average: "probabilities",
    subsets: [],
    before: 0,
    signal: stop.signal,
    onBatch: (crops) => {
      heard.push(crops);
      if (crops === 8) stop.abort();
    },
  });
  for await (const { index } of scoring) scored.push(index);
  expect({ batches: batches.length, heard, scored }).toEqual({ batches: 2, heard: [4, 8], scored: [0, 1] });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "a logit of %d ends it by name",
  async (bad) => {
    const evaluator = {
      batch: 2,
      atOnce: 1,
      logits: async (images: Uint8Array) => [0, 1].map((i) => Float32Array.of(0, images[i * bytes] === 21 ? bad : 1)),
    };
    const options = {
      evaluator,
      model: "runs/a-1",
      size: 1,
      crops: 2,
      average: "logits",
      subsets: [],
      before: 0,
    } as const;
    const scoring = scoreCrops({ ...options, pictures: pictures(4, 2, []) });
    const scored: number[] = [];
    await expect(
      (async () => {
        for await (const { index } of scoring) scored.push(index);
      })(),
    ).rejects.toMatchObject({
      reason: "diverged",
      message: `runs/a-1 gives logits that are not finite (${bad}), first for 2`,
    });
    expect(scored).toEqual([0, 1]);
  },
);
