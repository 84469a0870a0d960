// The smallest experiments that train for real, and a set of pictures for them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type Checkpoint, type CheckpointFiles, newestCheckpoint } from "../../src/checkpoint/store.ts";
import { parseExperiment } from "../../src/config/load.ts";
import type { Experiment } from "../../src/config/schema.ts";
import type { NamedTensors } from "../../src/graph/state.ts";
import { makeShapes } from "../../src/images/shapes/make.ts";
import { batchNorm, bias, chain, conv, dense, globalPool, relu } from "../../src/network/build.ts";
import type { Layer } from "../../src/network/layer.ts";
import { createRun, openRun, type RunFolder } from "../../src/run/folder.ts";
import { runTraining, type Watcher } from "../../src/train/run.ts";
import { fromRun, fromSeed } from "../../src/train/start.ts";
import type { MicroBatch } from "../../src/train/trainer.ts";
import { openSets, type Sets } from "../../src/train/training.ts";
import { pictures } from "../graph/step.ts";

export const newFolder = (): string => mkdtempSync(join(tmpdir(), "inception-training-"));

/** Eight pictures of ten classes, 48 px. */
export async function shapes(folder: string): Promise<string> {
  const path = join(folder, "shapes");
  await makeShapes(path, { perClass: 8, size: 48, seed: 1 });
  return path;
}

/** A complete Inception V3 of 16 filters everywhere, which sees 64 pictures and is validated on 16. */
export const experimentOn = (source: string, ...sets: string[]): Experiment =>
  parseExperiment(
    `network: { name: inception-v3, width: 0.01, stemStride: 1, stemPool: false }
data: { train: ${source}, validation: { holdOut: 0.2 }, size: 29 }
train: { batch: 8, steps: 3, precision: float32, averageDecay: 0.9, batchNormDecay: 0.9 }
evaluate: { batch: 16 }
log: { everySteps: 1 }
`,
    "tiny.yaml",
    sets,
  ).experiment;

/** What the tests of a file train on: there while they run, and gone after them. */
export function shapesForAll(): { readonly folder: string; source: string; sets: Sets } {
  const given = { folder: newFolder() } as ReturnType<typeof shapesForAll>;
  beforeAll(async () => {
    given.source = await shapes(given.folder);
    given.sets = await openSets(experimentOn(given.source));
  });
  afterAll(() => rmSync(given.folder, { recursive: true, force: true }));
  return given;
}

export const side = 6;
const classes = 3;
const norm = chain({ conv: conv(8, 3), batchNorm: batchNorm(true), relu });
/** Two normalized convolutions, one with a bias, and a classifier. */
export const network: Layer = chain({
  first: norm,
  second: norm,
  third: chain({ conv: conv(4, 1), bias, relu }),
  pool: globalPool,
  dense: dense(classes),
});

export const tiny = (...sets: string[]): Experiment => {
  const experiment = experimentOn("nowhere", "train.batch=4", ...sets);
  return { ...experiment, data: { ...experiment.data, size: side } };
};

export const batchOf = (number: number, count = 4): MicroBatch => {
  const { images, labels } = pictures(count, side, classes, number + 1);
  return { images, labels: Int32Array.from(labels), seed: [number, 0] };
};

const nothing = () => {};
/** Watches a run and says nothing. */
export const quiet: Watcher = {
  ...{ started: nothing, step: nothing, phase: nothing, features: nothing, validating: nothing },
  ...{ validated: nothing, saved: nothing, warning: nothing },
};

export type Sitting = { readonly run: RunFolder; readonly newest: Checkpoint; readonly finished: boolean };

/** Trains in a new run of `folder`, or goes on in that of `before`, and stops after `steps`. */
export async function sit(
  experiment: Experiment,
  sets: Sets,
  { folder, before, steps }: { folder: string; before?: RunFolder; steps?: number },
): Promise<Sitting> {
  const circumstances = { argv: ["train"], versions: {}, dataFingerprint: "abc" };
  const run = before ? openRun(before.path, circumstances) : createRun(folder, "tiny", "", circumstances);
  const { classes } = sets.train;
  const start = before ? fromRun({ experiment, classes, folder: run, warn: nothing }) : fromSeed(experiment);
  const stop = new AbortController();
  const watcher: Watcher = { ...quiet, step: ({ step }) => void (step === steps && stop.abort()) };
  const { finished } = await runTraining({ experiment, sets, folder: run, start, watcher, stop: stop.signal });
  run.close(0);
  return { run, newest: newestCheckpoint(run.checkpoints)!.checkpoint, finished };
}

export const weightsOf = (files: CheckpointFiles): NamedTensors => files.weights as NamedTensors;

/** Every tensor's bytes under the name of its file and its own: equal only where all bits are. */
export const bits = (files: CheckpointFiles): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).flatMap(([file, tensors]) =>
      [...(tensors as NamedTensors)].map(([name, { shape, data }]) => [
        `${file}/${name} [${shape}]`,
        Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
      ]),
    ),
  );
