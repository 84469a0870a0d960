// Saving, finding, pruning and verifying checkpoints on the real file system.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Checkpoint,
  listCheckpoints,
  newestCheckpoint,
  prune,
  readCheckpoint,
  requireResumable,
  writeCheckpoint,
} from "../../src/checkpoint/store.ts";
import { makeCheckpoint } from "./support.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-checkpoints-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what was written is read back", () => {
  const checkpoint = makeCheckpoint(500);
  const path = writeCheckpoint(folder, checkpoint);
  expect(path).toBe(join(folder, "step-000000500"));
  expect(readCheckpoint(path)).toEqual(checkpoint);
  expect(newestCheckpoint(folder)).toEqual({ path, checkpoint });
});

test("pruning keeps the newest and the best", () => {
  for (const step of [1, 2, 3, 4, 5]) {
    writeCheckpoint(folder, makeCheckpoint(step));
    prune(folder, 2, { best: 1 });
  }
  expect(listCheckpoints(folder).map(({ step }) => step)).toEqual([5, 4, 1]);
});

test("pruning counts those that are meant to last, and keeps the newest of all beside them", () => {
  const left: number[][] = [];
  for (const step of [1, 2, 3, 4, 5, 6, 7]) {
    writeCheckpoint(folder, makeCheckpoint(step));
    prune(folder, 2, { counts: (one) => one % 3 === 0 });
    left.push(listCheckpoints(folder).map((place) => place.step));
  }
  expect(left).toEqual([[1], [2], [3], [4, 3], [5, 3], [6, 3], [7, 6, 3]]);
});

describe("weights alone", () => {
  const { step, files, state } = makeCheckpoint(0);
  const { network, preprocessing, classes } = state;
  const alone: Checkpoint = { step, files: { weights: files.weights }, state: { network, preprocessing, classes } };

  test("are written and read back, without optimizer, average or position", () => {
    const path = writeCheckpoint(folder, alone);
    expect(readdirSync(path).sort()).toEqual(["manifest.json", "weights.safetensors"]);
    expect(readCheckpoint(path)).toEqual(alone);
    expect(newestCheckpoint(folder)).toEqual({ path, checkpoint: alone });
  });

  test("cannot be gone on from, which a whole checkpoint can", () => {
    expect(() => requireResumable(alone, "runs/x")).toThrow(
      expect.objectContaining({ reason: "usage", message: expect.stringMatching(/^runs\/x holds weights alone/) }),
    );
    expect(() => requireResumable(makeCheckpoint(1), "runs/x")).not.toThrow();
  });

  test("a checkpoint without weights is damaged", () => {
    const path = writeCheckpoint(folder, { ...alone, files: { average: files.weights } as never });
    expect(() => readCheckpoint(path)).toThrow(expect.objectContaining({ reason: "checkpoint" }));
  });
});
