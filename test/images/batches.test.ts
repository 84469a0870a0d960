// Batches: the same for any number of threads, resumable, every picture once, and unreadable ones by the policy.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Batch,
  type Decoders,
  evaluationBatches,
  startDecoders,
  trainingBatches,
} from "../../src/images/batches.ts";
import { encodePng } from "../../src/images/decode.ts";
import { batchesPerEpoch } from "../../src/images/epoch.ts";
import { preparePicture } from "../../src/images/prepare.ts";
import { permutation } from "../../src/images/random.ts";
import type { Item, Listing } from "../../src/images/sources/source.ts";
import { needs } from "../needs.ts";

const size = 16;
const augment = {
  crop: "area",
  area: [0.08, 1],
  aspect: [3 / 4, 4 / 3],
  flip: true,
  color: "fast",
  trivialAugment: false,
  erase: null,
} as const;
const variation = { augment, mix: null, sampling: "uniform" } as const;
let one: Decoders;
let four: Decoders;
let items: Item[];

beforeAll(async () => {
  one = startDecoders(1);
  four = startDecoders(4);
  items = await Promise.all(
    Array.from({ length: 22 }, async (_, i): Promise<Item> => {
      const pixels = Uint8Array.from({ length: 40 * 30 * 3 }, (_, at) => (at * (i + 3)) % 256);
      return { name: `p${i}.png`, label: i % 2, source: { bytes: await encodePng(pixels, 40, 30) } };
    }),
  );
});
afterAll(() => Promise.all([one.close(), four.close()]));

const fail = (failure: { name: string; reason: string }): never => {
  throw new Error(`${failure.name}: ${failure.reason}`);
};
const listing = (of: Item[]): Listing => ({
  path: "set",
  classes: ["a", "b"],
  items: of,
  fingerprint: "",
  warnings: [],
});
const common = { size, jpegReduction: "auto" } as const;
const training = (decoders: Decoders, start = 0, of = items, batch = 5) => epochFrom(decoders, 2, start, of, batch);
/** The batches of an epoch from its batch `first` on. */
const epochFrom = (decoders: Decoders, epoch: number, first: number, of: Item[], batch: number) => {
  const perEpoch = batchesPerEpoch(of.length, batch);
  const [start, end] = [epoch * perEpoch + first, (epoch + 1) * perEpoch];
  const span = { seed: 7, start, end };
  return trainingBatches({ ...common, decoders, listing: listing(of), batch, ...span, ...variation, onBad: fail });
};
const evaluation = (
  decoders: Decoders,
  of = items,
  onBad: (failure: { name: string; reason: string }) => void = fail,
) => evaluationBatches({ ...common, decoders, listing: listing(of), batch: 8, preset: "tf", onBad });
async function collect(batches: AsyncGenerator<Batch>): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const withBad = (at: number): Item[] =>
  items.map((item, i) => (i === at ? { ...item, source: { bytes: Buffer.from("no picture") } } : item));

test("one and four threads give the same batches", async () => {
  const batches = await collect(training(one));
  expect(batches.map(({ index, count }) => [index, count])).toEqual([8, 9, 10, 11].map((index) => [index, 5]));
  expect(await collect(training(four))).toEqual(batches);
  expect(new Set(batches.flatMap(({ names }) => names)).size).toBe(20);
  expect(batches[0]!.images.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("two epochs are each picture of each epoch's order, prepared for its place, to the byte", async () => {
  const options = { decoders: four, listing: listing(items), ...common, batch: 5, seed: 7, ...variation, onBad: fail };
  const batches = await collect(trainingBatches({ ...options, start: 8, end: 16 }));
  expect(batches.map(({ index }) => index)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  const expected = await Promise.all(
    [2, 3].flatMap((epoch) =>
      [...permutation(7, epoch, items.length)].slice(0, 20).map(async (at, position) => {
        const pixels = await preparePicture(items[at]!, size, {
          augment,
          seed: 7,
          epoch,
          position,
          jpegReduction: "auto",
        });
        return { name: items[at]!.name, label: items[at]!.label, pixels: digest(pixels) };
      }),
    ),
  );
  const bytes = size * size * 3;
  const given = batches.flatMap(({ names, labels, images }) =>
    names.map((name, i) => ({
      name,
      label: labels[i]!,
      pixels: digest(images.subarray(i * bytes, (i + 1) * bytes)),
    })),
  );
  expect(given).toEqual(expected);
  for (const start of [9, 11, 12, 15])
    expect(await collect(trainingBatches({ ...options, start, end: 16 }))).toEqual(batches.slice(start - 8));
});

describe("parts of batches are together the whole ones, to the byte", () => {
  const mixing = { name: "either", probability: 0.9, mixupAlpha: 0.5, cutmixAlpha: 1 } as const;
  test.each([
    ["pictures as they are", null, undefined],
    ["pictures mixed across the parts' borders", mixing, undefined],
    ["one of which is unreadable", mixing, 3],
  ] as const)("%s", async (_, mix, unreadable) => {
    const from = unreadable === undefined ? items : withBad(unreadable);
    const options = { decoders: four, listing: listing(from), ...common, batch: 6, seed: 7, ...variation, mix };
    const batches = (part = { index: 0, of: 1 }) =>
      collect(trainingBatches({ ...options, start: 2, end: 7, onBad: () => {}, part }));
    const [whole, ...parts] = await Promise.all([batches(), ...[0, 1, 2].map((index) => batches({ index, of: 3 }))]);
    const joined = whole!.map((_, at) => parts.map((part) => part[at]!));
    for (const [at, { images, labels, mixed, names }] of whole!.entries()) {
      const own = joined[at]!;
      expect(own.map(({ count }) => count)).toEqual([2, 2, 2]);
      expect(own.flatMap((part) => part.names)).toEqual(names);
      expect(Buffer.concat(own.map((part) => part.images))).toEqual(Buffer.from(images));
      expect(own.flatMap((part) => [...part.labels])).toEqual([...labels]);
      expect(own.flatMap((part) => [...(part.mixed?.second ?? [])])).toEqual([...(mixed?.second ?? [])]);
      expect(own.flatMap((part) => [...(part.mixed?.shares ?? [])])).toEqual([...(mixed?.shares ?? [])]);
    }
  });
});

test.each([
  [4, [8, 10, 12, 12, 12, 12]],
  [9, [12, 12, 12, 12, 12, 12]],
])("while an epoch's last batch is used, the next ones are decoded: for %d at once", async (atOnce, expected) => {
  const begun: string[] = [];
  const decoders: Decoders = {
    atOnce,
    close: async () => {},
    decode: async ({ item }) => void begun.push(item.name),
  };
  const options = {
    decoders,
    listing: listing(items.slice(0, 4)),
    ...common,
    batch: 2,
    seed: 7,
    ...variation,
    onBad: fail,
  };
  const batches = trainingBatches({ ...options, start: 0, end: 6 });
  const counts: number[] = [];
  for await (const _ of batches) {
    await new Promise((resolve) => setImmediate(resolve));
    counts.push(begun.length);
  }
  expect(counts).toEqual(expected);
  expect(begun.slice(4, 8)).toEqual([...permutation(7, 1, 4)].map((at) => items[at]!.name));
});

test("a bad picture of the next epoch is told when its batch is given, not when it is decoded", async () => {
  const of = withBad(0).slice(0, 4);
  const told: string[] = [];
  const batches = trainingBatches({
    ...{ decoders: one, listing: listing(of), ...common, batch: 4, seed: 7, ...variation },
    ...{ start: 0, end: 2, onBad: ({ name }: { name: string }) => void told.push(name) },
  });
  await batches.next();
  // One for its place, and one for each time that it is drawn again.
  const first = told.length;
  expect(first).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(told.length).toBe(first);
  await batches.next();
  expect(told.length).toBeGreaterThan(first);
  expect(new Set(told)).toEqual(new Set(["p0.png"]));
});

test("an epoch taken up at batch 2 goes on as it would have", async () => {
  expect(await collect(training(four, 2))).toEqual((await collect(training(four))).slice(2));
});

test("a set smaller than a batch goes round once", async () => {
  const [batch, ...more] = await collect(training(four, 0, items.slice(0, 3), 7));
  expect(more).toEqual([]);
  expect(batch!.names.slice(0, 3)).toEqual(batch!.names.slice(3, 6));
  expect(batch!.count).toBe(7);
});

test("evaluation gives every picture once, in order, the last batch padded", async () => {
  const batches = await collect(evaluation(four));
  expect(batches.flatMap(({ names }) => names)).toEqual(items.map(({ name }) => name));
  expect(batches.map(({ count }) => count)).toEqual([8, 8, 6]);
  expect([...batches[2]!.labels]).toEqual([0, 1, 0, 1, 0, 1, -1, -1]);
  expect(batches[2]!.images.subarray(6 * size * size * 3).every((byte) => byte === 0)).toBe(true);
});

test("an unreadable picture is told and left out; the others close the gap", async () => {
  const told: unknown[] = [];
  const [batch] = await collect(evaluation(four, withBad(2).slice(0, 8), (failure) => told.push(failure)));
  const [whole] = await collect(evaluation(four, items.slice(0, 8)));
  expect(told).toEqual([{ name: "p2.png", reason: expect.stringMatching(/^not a picture/) }]);
  expect(batch!.count).toBe(7);
  expect(batch!.names).not.toContain("p2.png");
  const bytes = size * size * 3;
  expect(batch!.images.subarray(2 * bytes, 7 * bytes)).toEqual(whole!.images.subarray(3 * bytes));
});

describe("in training another picture of the same epoch takes the place of an unreadable one", () => {
  const of = () => withBad(2);
  const options = (decoders: Decoders, told: string[] = []) => ({
    ...{ decoders, listing: listing(of()), ...common, batch: 5, seed: 7, ...variation },
    onBad: ({ name }: { name: string }) => void told.push(name),
  });
  const epochs = (decoders: Decoders, start: number, end = 12) =>
    collect(trainingBatches({ ...options(decoders), start, end }));

  test("prepared for that place, and every other one is as it was", async () => {
    const told: string[] = [];
    const batches = await collect(trainingBatches({ ...options(four, told), start: 0, end: 12 }));
    const whole = await collect(trainingBatches({ ...options(four), listing: listing(items), start: 0, end: 12 }));
    const bytes = size * size * 3;
    let replaced = 0;
    for (const [b, batch] of batches.entries())
      for (const [i, name] of batch.names.entries()) {
        const image = batch.images.subarray(i * bytes, (i + 1) * bytes);
        expect([name === "p2.png", batch.labels[i]]).toEqual([false, items.find((item) => item.name === name)!.label]);
        if (whole[b]!.names[i] !== "p2.png") {
          expect([name, digest(image)]).toEqual([
            whole[b]!.names[i],
            digest(whole[b]!.images.subarray(i * bytes, (i + 1) * bytes)),
          ]);
          continue;
        }
        replaced += 1;
        const [epoch, position] = [Math.floor(b / 4), (b % 4) * 5 + i];
        const item = items.find((item) => item.name === name)!;
        const treatment = { augment, seed: 7, epoch, position, jpegReduction: "auto" } as const;
        expect(digest(image)).toBe(digest(await preparePicture(item, size, treatment)));
      }
    expect(replaced).toBeGreaterThan(0);
    expect(told.length).toBeGreaterThanOrEqual(replaced);
    expect(batches.every(({ count }) => count === 5)).toBe(true);
  });

  test("the same for any number of threads, and for a run taken up again", async () => {
    const batches = await epochs(four, 0);
    expect(await epochs(one, 0)).toEqual(batches);
    for (const start of [1, 5, 10]) expect(await epochs(four, start)).toEqual(batches.slice(start));
  });

  test("and where none can be read it ends in a sentence, not in black", async () => {
    const none = items.slice(0, 5).map((item) => ({ ...item, source: { bytes: Buffer.from("no picture") } }));
    const wanted = { ...options(one), listing: listing(none), start: 0, end: 1 };
    await expect(collect(trainingBatches(wanted))).rejects.toMatchObject({
      reason: "data",
      message: expect.stringMatching(/^set: too few of its pictures can be read \(not a picture/),
    });
  });
});

test("files that are out of reach are no bad pictures: whatever is done with those, it ends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inception-batches-"));
  const inFolder = (name: string): Item => ({ name, label: 0, source: { file: join(folder, "cat", name) } });
  mkdirSync(join(folder, "cat"));
  const told: string[] = [];
  const evaluated = () =>
    collect(evaluation(one, [inFolder("a.png"), ...items.slice(0, 2)], ({ name }) => void told.push(name)));
  expect((await evaluated())[0]!.count).toBe(2);
  expect(told).toEqual(["a.png"]);
  rmSync(folder, { recursive: true });
  await expect(evaluated()).rejects.toMatchObject({
    name: "UserError",
    reason: "data",
    message: expect.stringMatching(/a\.png cannot be read, and nor can others: its folder is gone \(ENOENT\)$/),
  });
  expect(told).toEqual(["a.png"]);
});

test("nor are those that the disk gives errors for", needs("linux"), async () => {
  // The kernel says EIO of the memory at address 0.
  const item: Item = { name: "a.png", label: 0, source: { file: "/proc/self/mem" } };
  await expect(collect(evaluation(one, [item], () => {}))).rejects.toMatchObject({
    reason: "data",
    message: "/proc/self/mem cannot be read, and nor can others: its disk or network gives errors (EIO)",
  });
});

test("what onBad throws ends the iteration, and the decoders go on for others", async () => {
  await expect(collect(evaluation(four, withBad(2)))).rejects.toThrow(/^p2\.png: not a picture/);
  expect((await collect(evaluation(four))).length).toBe(3);
});

test("stopping early leaves nothing behind that disturbs the next use", async () => {
  for await (const { index } of training(one)) if (index === 8) break;
  expect(await collect(training(one))).toEqual(await collect(training(four)));
});

test("closed decoders refuse", async () => {
  const closed = startDecoders(1);
  await closed.close();
  await expect(collect(training(closed))).rejects.toThrow("closed");
});
