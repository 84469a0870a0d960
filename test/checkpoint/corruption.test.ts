// Damage of every kind to the newest checkpoint: found, named, and the one before is used.
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  listCheckpoints,
  newestCheckpoint,
  prune,
  readCheckpoint,
  recover,
  writeCheckpoint,
} from "../../src/checkpoint/store.ts";
import type { UserError } from "../../src/errors.ts";
import { proved, tries } from "../proof.ts";
import { makeCheckpoint, mulberry } from "./support.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-corruption-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Damage = (path: string, random: () => number) => void;
const pick = (path: string, random: () => number): string => {
  const names = readdirSync(path).sort();
  return join(path, names[Math.floor(random() * names.length)]!);
};
const rewrite = (file: string, change: (bytes: Buffer) => Buffer): void =>
  writeFileSync(file, change(readFileSync(file)));

const damages: Readonly<Record<string, Damage>> = {
  flip: (path, random) =>
    rewrite(pick(path, random), (bytes) => {
      const at = Math.floor(random() * bytes.length);
      bytes[at]! ^= 1 << Math.floor(random() * 8);
      return bytes;
    }),
  truncate: (path, random) =>
    rewrite(pick(path, random), (bytes) => bytes.subarray(0, Math.floor(random() * bytes.length))),
  extend: (path, random) => rewrite(pick(path, random), (bytes) => Buffer.concat([bytes, Buffer.from("x")])),
  zero: (path, random) =>
    rewrite(pick(path, random), (bytes) => bytes.fill(0, Math.floor(random() * bytes.length * 0.9))),
  delete: (path, random) => rmSync(pick(path, random)),
  swap: (path) => {
    renameSync(join(path, "weights.safetensors"), join(path, "other"));
    renameSync(join(path, "average.safetensors"), join(path, "weights.safetensors"));
    renameSync(join(path, "other"), join(path, "average.safetensors"));
  },
  "empty manifest": (path) => writeFileSync(join(path, "manifest.json"), ""),
  "foreign manifest": (path) => cpSync(join(folder, "step-000000001", "manifest.json"), join(path, "manifest.json")),
  "edited manifest": (path) =>
    rewrite(join(path, "manifest.json"), (text) => Buffer.from(text.toString().replace('"cat"', '"cow"'))),
};

test("mutations, each found", () => {
  const random = mulberry(7);
  const kinds = Object.keys(damages);
  const mutations = tries(200, 1000);
  for (let round = 0; round < mutations; round += 1) {
    rmSync(folder, { recursive: true });
    writeCheckpoint(folder, makeCheckpoint(1));
    const path = writeCheckpoint(folder, makeCheckpoint(2));
    const kind = kinds[round % kinds.length]!;
    damages[kind]!(path, random);
    expect(() => readCheckpoint(path), kind).toThrow(expect.objectContaining({ reason: "checkpoint" }));
    const broken: UserError[] = [];
    expect(newestCheckpoint(folder, { onBroken: (error) => broken.push(error) })?.checkpoint).toEqual(
      makeCheckpoint(1),
    );
    expect(broken).toHaveLength(1);
    expect(broken[0]!.message).toMatch(/step-000000002\/(weights|average|optimizer|manifest)\.(safetensors|json) /);
  }
  proved("R07", { mutations, found: mutations, named: mutations });
});

test("no usable one left is an error; none at all is not", () => {
  expect(newestCheckpoint(join(folder, "nowhere"))).toBeUndefined();
  const path = writeCheckpoint(folder, makeCheckpoint(1));
  rmSync(join(path, "weights.safetensors"));
  expect(() => newestCheckpoint(folder)).toThrow(/none of its 1 checkpoints/);
  expect(() => readCheckpoint(join(folder, "step-000000009"))).toThrow(/manifest.json is missing/);
});

test("a damaged newest one does not cost the last good one, and is replaced by the next save of its step", () => {
  writeCheckpoint(folder, makeCheckpoint(1));
  for (const step of [2, 3]) rmSync(join(writeCheckpoint(folder, makeCheckpoint(step)), "weights.safetensors"));
  prune(folder, 1);
  expect(newestCheckpoint(folder)?.checkpoint.step).toBe(1);
  writeCheckpoint(folder, makeCheckpoint(2));
  expect(newestCheckpoint(folder)?.checkpoint).toEqual(makeCheckpoint(2));
});

test("silent damage to the newest, seen only by its hash, keeps the one before", () => {
  writeCheckpoint(folder, makeCheckpoint(1));
  damages.flip!(join(writeCheckpoint(folder, makeCheckpoint(2))), () => 0.99 / 4);
  prune(folder, 1);
  expect(listCheckpoints(folder).map(({ step }) => step)).toEqual([2, 1]);
});

test("saves with the newest 3 and the best kept, whatever the files' times", () => {
  const random = mulberry(3);
  const saves = tries(200, 2000);
  for (let step = 1; step <= saves; step += 1) {
    writeCheckpoint(folder, makeCheckpoint(step));
    const best = Math.ceil(step / 7) * 3;
    if (random() < 0.1) cpSync(listCheckpoints(folder)[0]!.path, `${folder}/step-000000777.tmp-1`, { recursive: true });
    for (const { path } of listCheckpoints(folder)) utimesSync(path, random() * 1e9, random() * 1e9);
    prune(folder, 3, { best });
    recover(folder);
    const left = listCheckpoints(folder).map((place) => place.step);
    expect(left.slice(0, 3)).toEqual([step, step - 1, step - 2].filter((wanted) => wanted > 0));
    expect(left.length).toBeLessThanOrEqual(4);
    expect(readdirSync(folder)).toHaveLength(left.length);
  }
  expect(newestCheckpoint(folder)?.checkpoint.step).toBe(saves);
  proved("R08", { saves, kept: "3+best", lost: 0 });
});

test("a state that JSON cannot hold is never saved", () => {
  const checkpoint = makeCheckpoint(1);
  const best = { step: 1, top1: Number.NaN };
  expect(() => writeCheckpoint(folder, { ...checkpoint, state: { ...checkpoint.state, best } })).toThrow(/top1 is NaN/);
  expect(readdirSync(folder)).toEqual([]);
});
