// Saving, finding, pruning and verifying checkpoints on the real file system.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  listCheckpoints,
  newestCheckpoint,
  prune,
  readCheckpoint,
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
    prune(folder, 2, 1);
  }
  expect(listCheckpoints(folder).map(({ step }) => step)).toEqual([5, 4, 1]);
});
