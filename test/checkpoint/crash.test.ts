// A power cut at every point of a series of saves: whatever it takes with it, the newest finished checkpoint loads.
import { expect, test } from "vitest";
import {
  type Checkpoint,
  newestCheckpoint,
  prune,
  recover,
  rewind,
  writeCheckpoint,
} from "../../src/checkpoint/store.ts";
import { proved, tries } from "../proof.ts";
import { CrashFs, type Fate } from "./crash-fs.ts";
import { makeCheckpoint, mulberry } from "./support.ts";

const folder = "/run/checkpoints";

test("every prefix of the operations, with unsynced ones lost, kept, torn or lost at random", {
  timeout: 600_000,
}, () => {
  const fs = new CrashFs();
  const promises: { readonly after: number; readonly step: number }[] = [];
  fs.makeFolder("/run");
  for (const folderOfSync of ["/", "/run"]) fs.fsync(fs.open(folderOfSync, "r"));
  for (const step of [10, 20, 30, 40]) {
    writeCheckpoint(folder, makeCheckpoint(step), fs);
    promises.push({ after: fs.log.length, step });
    prune(folder, 2, { best: 10 }, fs);
  }
  const operations = fs.log.length;
  const random = mulberry(1);
  const randomFate: Fate = () => (random() < 0.5 ? 0 : random() < 0.3 ? random() : 1);
  const fates: Fate[] = [() => 0, () => 1, () => 0.5, ...Array.from({ length: tries(20, 100) }, () => randomFate)];
  let states = 0;
  for (let length = 0; length <= operations; length += 1) {
    const promised = promises.findLast(({ after }) => after <= length)?.step ?? 0;
    for (const fate of fates) {
      fs.crash(length, fate);
      const found = newestCheckpointOrNone(fs);
      expect(found?.step ?? 0, `crash after ${length} operations`).toBeGreaterThanOrEqual(promised);
      if (found !== undefined) expect(found).toEqual(makeCheckpoint(found.step));
      states += 1;
    }
  }
  expect(states).toBe((operations + 1) * fates.length);
  expect(operations).toBeGreaterThan(60);
  proved("R03", { states, lost: 0 });
});

test("a step that is saved again is never lost: at each crash there is the one or the other, before the next start and after it", () => {
  const fs = new CrashFs();
  fs.makeFolder("/run");
  for (const folderOfSync of ["/", "/run"]) fs.fsync(fs.open(folderOfSync, "r"));
  const [first, second] = [null, { step: 20, top1: 0.5 }].map((best): Checkpoint => {
    const checkpoint = makeCheckpoint(20);
    return { ...checkpoint, state: { ...checkpoint.state, best } };
  });
  writeCheckpoint(folder, makeCheckpoint(10), fs);
  writeCheckpoint(folder, first!, fs);
  const promised = fs.log.length;
  writeCheckpoint(folder, second!, fs);
  const operations = fs.log.length;
  const random = mulberry(2);
  const fates: Fate[] = [() => 0, () => 1, () => 0.5, ...Array.from({ length: 20 }, () => () => Math.round(random()))];
  const seen = new Set<"first" | "second">();
  for (let length = promised; length <= operations; length += 1)
    for (const fate of fates) {
      fs.crash(length, fate);
      const before = newestCheckpoint(folder, { fs })!.checkpoint;
      expect([first, second], `crash after ${length} of ${operations} operations`).toContainEqual(before);
      recover(folder, fs);
      const after = newestCheckpoint(folder, { fs })!.checkpoint;
      expect([first, second]).toContainEqual(after);
      if (length === operations) expect(after).toEqual(second);
      expect(fs.list(folder).sort()).toEqual(["step-000000010", "step-000000020"]);
      seen.add(after.state.best === null ? "first" : "second");
    }
  expect(seen.size).toBe(2);
});

test("after a crash inside a save the next start clears up and goes on", () => {
  const fs = new CrashFs();
  writeCheckpoint(folder, makeCheckpoint(1), fs);
  const before = fs.log.length;
  writeCheckpoint(folder, makeCheckpoint(2), fs);
  fs.crash(before + 5, () => 1);
  expect(fs.list(folder)).toEqual(["step-000000001", `step-000000002.tmp-${process.pid}`]);
  recover(folder, fs);
  expect(fs.list(folder)).toEqual(["step-000000001"]);
  writeCheckpoint(folder, makeCheckpoint(2), fs);
  expect(newestCheckpoint(folder, { fs })?.checkpoint.step).toBe(2);
  rewind(folder, 1, fs);
  expect(fs.list(folder)).toEqual(["step-000000001"]);
});

/** The one kind of state in which nothing can be found is that before the first save ended. */
function newestCheckpointOrNone(fs: CrashFs) {
  try {
    return newestCheckpoint(folder, { fs })?.checkpoint;
  } catch {
    return undefined;
  }
}
