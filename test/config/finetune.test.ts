// The recipe for trained weights: when it holds, and what it gives by the number of pictures.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeCheckpoint } from "../../src/checkpoint/store.ts";
import { parseExperiment } from "../../src/config/load.ts";
import { preprocessingSchema } from "../../src/network/preprocessing.ts";
import { googLeNet } from "../network/examples.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-recipe-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const from = writeCheckpoint(folder, {
  step: 0,
  files: { weights: new Map([["w", { shape: [1], data: Float32Array.of(1) }]]) },
  state: {
    network: { ...googLeNet, classes: 2 },
    preprocessing: preprocessingSchema.parse({ size: 224, preset: "torchvision" }),
    classes: ["a", "b"],
  },
});
const read = (pictures: number, ...sets: string[]) =>
  parseExperiment(`data: { train: x }\ntrain: { from: ${from} }`, "my.yaml", sets, { pictures, classes: 10 })
    .experiment;

test("holds where there are weights to start from, unless another is named", () => {
  expect(read(200).recipe).toBe("finetune");
  expect(read(200).network.name).toBe("googlenet");
  expect(read(200, "recipe=paper")).toMatchObject({ recipe: "paper", train: { headFirst: null, epochs: 10 } });
});

test.each([
  [200, 150, 4],
  [1500, 22, 2],
  [8528, 5, 1],
  [100_000, 5, 1],
])("%i pictures: %i epochs of the head, %i of all", (pictures, head, epochs) => {
  const { train, evaluate } = read(pictures);
  expect(train).toMatchObject({
    headFirst: { epochs: head, learningRate: 0.005, views: 1 },
    epochs,
    learningRate: 0.001,
  });
  expect(evaluate.everyEpochs).toBe(epochs);
});

test("changes nothing that the file says", () => {
  const { train, data } = read(
    200,
    "train.headFirst=null",
    "train.steps=90",
    "data.size=128",
    "train.optimizer={ name: sgd }",
  );
  expect(train).toMatchObject({ headFirst: null, steps: 90, optimizer: { name: "sgd" }, averageDecay: 0.88889 });
  expect([train.epochs, data.size]).toEqual([undefined, 128]);
});
