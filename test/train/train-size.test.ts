// Training crops of another size than the pictures that are judged: two networks of two sizes on the same weights.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newestCheckpoint } from "../../src/checkpoint/store.ts";
import { createRun } from "../../src/run/folder.ts";
import { decodedPictures } from "../../src/train/pictures.ts";
import { runTraining } from "../../src/train/run.ts";
import { fromSeed } from "../../src/train/start.ts";
import { openSets, openTraining, phasesOfRun, type Sets } from "../../src/train/training.ts";
import { experimentOn, newFolder, shapes } from "./support.ts";

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let source: string;
let sets: Sets;
const sized = (...more: string[]) =>
  experimentOn(source, "network.auxiliary=off", "data.size=45", "train.size=29", ...more);
beforeAll(async () => {
  source = await shapes(folder);
  sets = await openSets(sized());
});

const fail = (): never => expect.fail("nothing is wrong with these pictures");
const bytesOf = async (batches: AsyncGenerator<{ images: Uint8Array }>) =>
  (await batches.next()).value!.images.byteLength;

test("training reads crops of train.size, validation pictures of data.size", async () => {
  const experiment = sized();
  const run = await openTraining(experiment, sets, phasesOfRun(experiment, sets)[0]!);
  const pictures = decodedPictures(run);
  expect(await bytesOf(pictures.training(0, 1, fail))).toBe(8 * 29 * 29 * 3);
  expect(await bytesOf(pictures.validation(fail))).toBe(16 * 45 * 45 * 3);
  await run.close();
});

test("the run's checkpoint is of data.size", async () => {
  const run = createRun(folder, "sized", "", { argv: ["train"], versions: {}, dataFingerprint: "abc" });
  const nothing = () => {};
  const { finished } = await runTraining({
    ...{ experiment: sized(), sets, folder: run, start: fromSeed(sized()), stop: new AbortController().signal },
    watcher: {
      ...{ started: nothing, step: nothing, phase: nothing, features: nothing, validating: nothing },
      ...{ validated: nothing, saved: nothing, warning: nothing },
    },
  });
  run.close(0);
  expect(finished).toBe(true);
  const { state } = newestCheckpoint(run.checkpoints)!.checkpoint;
  expect(state.preprocessing!.size).toBe(45);
  expect(state.experiment).toMatchObject({ train: { size: 29 } });
});

test("features that are computed once are of pictures as they are judged", () => {
  const still = ["train.freeze=[trunk]", "augment.crop=none", "augment.flip=false"];
  const [phase] = phasesOfRun(sized(...still, "augment.color=off"), sets);
  expect(phase).toMatchObject({ views: 1 });
});
