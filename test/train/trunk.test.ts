// Training above a frozen trunk: the same figures as with the frozen layers in the step, and features apart from their use.
import { afterAll, describe, expect, test } from "vitest";
import type { Start } from "../../src/train/start.ts";
import { type StepOptions, startStep, type Trainer } from "../../src/train/trainer.ts";
import { startTrainer } from "../../src/train/trunk.ts";
import { distance } from "../graph/run.ts";
import { batchOf, bits, network, tiny, weightsOf } from "./support.ts";

const opened: Trainer[] = [];
afterAll(() => Promise.all(opened.map((trainer) => trainer.close())));
const seed: Start = { from: "seed", seed: [1, 2] };
const rates = { learningRate: 0.1, averageRate: 0.2, statisticsRate: 0.1, update: 1 };
const options = (frozen: string[], ...sets: string[]): StepOptions => ({
  ...tiny(...sets),
  precision: "float32",
  frozen,
});

async function opens<T extends Trainer>(starting: Promise<T>): Promise<T> {
  const trainer = await starting;
  opened.push(trainer);
  await trainer.begin(seed);
  return trainer;
}

describe("a step above the trunk", () => {
  test.each([
    { frozen: ["first"], sets: [] },
    { frozen: ["first", "second", "third"], sets: ["train.microBatch=2"] },
    { frozen: ["first", "third/conv"], sets: ["data.pixels={order: BGR, mean: [0.5, 1, 2]}"] },
  ])(
    "gives the figures and weights of one with the same layers frozen in it: $frozen $sets",
    async ({ frozen, sets }) => {
      const [apart, whole] = await Promise.all([
        opens(startTrainer(network, options(frozen, ...sets))),
        opens(startStep(network, options(frozen, ...sets))),
      ]);
      expect(apart).toHaveProperty("trunk");
      const micro = (number: number) =>
        sets[0] === "train.microBatch=2" ? [batchOf(number, 2), batchOf(number + 9, 2)] : [batchOf(number)];
      for (let at = 0; at < 3; at++) {
        const [found, expected] = [await apart.step(micro(at), rates), await whole.step(micro(at), rates)];
        for (const [key, value] of Object.entries(expected)) expect(found[key as "loss"], key).toBeCloseTo(value, 4);
      }
      const [found, expected] = [await apart.save(), await whole.save()];
      for (const file of ["weights", "average", "optimizer"] as const) {
        expect([...found[file]!.keys()].sort()).toEqual([...expected[file]!.keys()].sort());
        for (const [name, { data }] of expected[file]!)
          expect(distance(found[file]!.get(name)!.data as Float32Array, data as Float32Array), name).toBeLessThan(1e-4);
      }
      for (const [name, { data }] of weightsOf(expected))
        if (frozen.some((path) => name.startsWith(`${path}/`)))
          expect(weightsOf(found).get(name)!.data, name).toEqual(data);
    },
  );
});

test("features computed before their step are those of the step, to the bit", async () => {
  const frozen = ["first", "second"];
  const start = () => opens(startTrainer(network, options(frozen)));
  const [one, other] = await Promise.all([start(), start()]);
  expect(one.trunk!.maps).toEqual({ height: 6, width: 6, channels: 8 });
  const batches = [batchOf(0), batchOf(1)];
  const features = [];
  for (const { images } of batches) features.push(await one.trunk!.features(images));
  for (const [i, batch] of batches.entries())
    expect(await one.trunk!.fromFeatures.step([{ ...batch, images: features[i]! }], rates)).toEqual(
      await other.step([batch], rates),
    );
  expect(bits(await one.save())).toEqual(bits(await other.save()));
});
