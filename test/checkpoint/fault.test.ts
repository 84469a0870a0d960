// Each file operation of a save fails once, then all from it on; the disk fills up; the process is killed at each.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { interpose, savingFs } from "../../src/checkpoint/fault.ts";
import { type FsPort, nodeFs } from "../../src/checkpoint/files.ts";
import { newestCheckpoint, prune, readCheckpoint, recover, writeCheckpoint } from "../../src/checkpoint/store.ts";
import { UserError } from "../../src/errors.ts";
import { needs } from "../needs.ts";
import { proved, tries } from "../proof.ts";
import { makeCheckpoint } from "./support.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-faults-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codes = ["EIO", "ENOSPC", "EMFILE", "EACCES"];

/** Calls `fault` before each operation, with its number from 1. */
function interposed(fault: (call: number) => void): FsPort {
  let calls = 0;
  return interpose(nodeFs, () => {
    calls += 1;
    fault(calls);
  });
}

function saveAndPrune(fs: FsPort, step: number): void {
  writeCheckpoint(folder, makeCheckpoint(step), fs);
  prune(folder, 1, {}, fs);
}

function countCalls(): number {
  let calls = 0;
  saveAndPrune(
    interposed((call) => {
      calls = call;
    }),
    2,
  );
  return calls;
}

describe.each(codes)("%s", (code) => {
  test.each(["once", "forever"])("at each call, %s", (how) => {
    saveAndPrune(nodeFs, 1);
    const calls = countCalls();
    expect(calls).toBeGreaterThan(30);
    for (let failing = 1; failing <= calls; failing += 1) {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      saveAndPrune(nodeFs, 1);
      const fs = interposed((call) => {
        if (call === failing || (how === "forever" && call > failing)) {
          throw Object.assign(new Error(`${code}: injected`), { code });
        }
      });
      let thrown: unknown;
      try {
        saveAndPrune(fs, 2);
      } catch (error) {
        thrown = error;
      }
      const expected = code === "ENOSPC" ? "diskFull" : "io";
      if (thrown !== undefined)
        expect(thrown, `call ${failing}`).toMatchObject({ name: "UserError", reason: expected });
      const newest = newestCheckpoint(folder)!.checkpoint;
      expect(newest).toEqual(makeCheckpoint(newest.step));
      if (thrown === undefined) expect(newest.step).toBe(2);
      recover(folder);
      saveAndPrune(nodeFs, 2);
      expect(readdirSync(folder)).toEqual(["step-000000002"]);
    }
    proved("R06", { error: code, how, calls, lost: 0 });
  });
});

test("a file system that takes half of each write still gets every byte", () => {
  const halves: FsPort = {
    ...nodeFs,
    write: (file, bytes) => nodeFs.write(file, bytes.subarray(0, Math.ceil(bytes.length / 2))),
  };
  const path = writeCheckpoint(folder, makeCheckpoint(1), halves);
  expect(readCheckpoint(path)).toEqual(makeCheckpoint(1));
});

test("one that takes nothing is an I/O error, not an endless loop", () => {
  const none: FsPort = { ...nodeFs, write: () => 0 };
  expect(() => writeCheckpoint(folder, makeCheckpoint(1), none)).toThrow(/no bytes/);
});

test("a full disk names the path and the bytes needed, and keeps the earlier checkpoint", needs("mount"), () => {
  const mounted = join(folder, "small");
  mkdirSync(mounted);
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", mounted]).status).toBe(0);
  try {
    const large = (step: number) => {
      const checkpoint = makeCheckpoint(step);
      const tensor = { shape: [9000], data: new Float32Array(9000).fill(step) };
      return { ...checkpoint, files: { ...checkpoint.files, weights: new Map([["large", tensor]]) } };
    };
    writeCheckpoint(mounted, makeCheckpoint(1));
    let thrown: unknown;
    for (let step = 2; step < 5 && thrown === undefined; step += 1) {
      try {
        writeCheckpoint(mounted, large(step));
      } catch (error) {
        thrown = error;
      }
    }
    expect(thrown).toBeInstanceOf(UserError);
    const { reason, message } = thrown as UserError;
    expect(reason).toBe("diskFull");
    expect(message).toMatch(new RegExp(`${mounted}/step-\\d+: no room on the disk, 3\\d{4} bytes needed`));
    expect(newestCheckpoint(mounted)!.checkpoint.step).toBeGreaterThanOrEqual(1);
    expect(readdirSync(mounted).filter((name) => name.includes(".tmp-"))).toEqual([]);
    expect(spawnSync("mount", ["-o", "remount,size=1m", mounted]).status).toBe(0);
    writeCheckpoint(mounted, large(9));
    expect(newestCheckpoint(mounted)!.checkpoint).toEqual(large(9));
  } finally {
    spawnSync("umount", [mounted]);
  }
});

test("SIGKILL inside a save leaves the one before or the new one", { timeout: 600_000 }, () => {
  saveAndPrune(nodeFs, 1);
  const calls = countCalls();
  const every = tries(4, 1);
  for (let call = 1; call <= calls; call += every) {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    saveAndPrune(nodeFs, 1);
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", killedSave], {
      encoding: "utf8",
      env: { ...process.env, NODE_ENV: "test", INCEPTION_FAULT: `ckpt:${call}`, FOLDER: folder },
    });
    expect(child.signal, child.stderr).toBe("SIGKILL");
    const newest = newestCheckpoint(folder)!.checkpoint;
    if (newest.step === 1) expect(newest).toEqual(makeCheckpoint(1));
    recover(folder);
    expect(readdirSync(folder).filter((name) => !/^step-\d+$/.test(name))).toEqual([]);
  }
  proved("R02", { kills: Math.ceil(calls / every), lost: 0 });
});

/** Runs the built module, since a child process has no test runner to strip types for it. */
const killedSave = `
  const { prune, readCheckpoint, writeCheckpoint } = await import(${JSON.stringify(
    new URL("../../dist/checkpoint/store.js", import.meta.url).href,
  )});
  const { FOLDER: folder } = process.env;
  const before = readCheckpoint(folder + "/step-000000001");
  writeCheckpoint(folder, { ...before, step: 2 });
  prune(folder, 1);
`;

test("the fault option is refused outside tests", () => {
  const fault = { INCEPTION_FAULT: "ckpt:1" };
  expect(() => savingFs({ ...fault, NODE_ENV: "production" })).toThrow(/only for tests/);
  expect(savingFs({})).toBe(nodeFs);
});
