// Training crops of another size than the pictures that are judged: two networks of two sizes on the same weights.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodedPictures } from "../../src/train/pictures.ts";
import { openSets, openTraining, phasesOfRun, type Sets } from "../../src/train/training.ts";
import { experimentOn, newFolder, shapes, sit } from "./support.ts";

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
  const { newest, finished } = await sit(sized(), sets, { folder });
  expect(finished).toBe(true);
  const { state } = newest;
  expect(state.preprocessing!.size).toBe(45);
  expect(state.experiment).toMatchObject({ train: { size: 29 } });
});

test("features that are computed once are of pictures as they are judged", () => {
  const still = ["train.freeze=[trunk]", "augment.crop=none", "augment.flip=false"];
  const [phase] = phasesOfRun(sized(...still, "augment.color=off"), sets);
  expect(phase).toMatchObject({ views: 1 });
});
