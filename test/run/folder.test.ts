// Run folders: numbered, locked, recorded.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeCheckpoint } from "../../src/checkpoint/store.ts";
import { createRun, newestRun, openRun } from "../../src/run/folder.ts";
import { readRunInfo } from "../../src/run/info.ts";
import { makeCheckpoint } from "../checkpoint/support.ts";
import { proved, tries } from "../proof.ts";

let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "inception-runs-")), "runs", "train");
});
afterEach(() => rmSync(join(root, "..", ".."), { recursive: true }));

const circumstances = {
  argv: ["train", join(homedir(), "photographs")],
  versions: { inception: "0.1.0" },
  dataFingerprint: "abc",
};

const refuse = ({ message }: Error): never => expect.fail(message);

test("numbers go up, gaps and other names notwithstanding", () => {
  expect(newestRun(root, refuse)).toBeUndefined();
  mkdirSync(join(root, "cats-7"), { recursive: true });
  mkdirSync(join(root, "cats-and-dogs-40"));
  const run = createRun(root, "cats", "name: cats\n", circumstances);
  expect(run.path).toBe(join(root, "cats-8"));
  expect(readFileSync(run.config, "utf8")).toBe("name: cats\n");
  run.close(0);
  expect(createRun(root, "cats", "", circumstances).path).toBe(join(root, "cats-9"));
  expect(newestRun(root, refuse)).toBe(join(root, "cats-9"));
});

test("a damaged record is passed over and told when the newest is looked for, and made anew when its run is resumed", () => {
  const run = createRun(root, "cats", "", circumstances);
  run.close(0);
  const text = readFileSync(run.info, "utf8");
  const damaged: Readonly<Record<string, string>> = {
    "torn-1": text.slice(0, -10),
    "empty-2": "",
    "stranger-3": '{"start":"2099-01-01T00:00:00.000Z"}',
    "no-time-4": text.replace(/"start": "[^"]*"/, '"start": "yesterday"'),
  };
  for (const [name, content] of Object.entries(damaged)) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "run.json"), content);
  }
  mkdirSync(join(root, "folder-5", "run.json"), { recursive: true });
  const told: string[] = [];
  expect(newestRun(root, ({ message }) => told.push(message))).toBe(run.path);
  expect(told.sort()).toEqual([
    expect.stringMatching(/empty-2\/run\.json is damaged/),
    expect.stringMatching(/folder-5\/run\.json cannot be read \(EISDIR\)/),
    expect.stringMatching(/no-time-4\/run\.json is damaged/),
    expect.stringMatching(/stranger-3\/run\.json is damaged/),
    expect.stringMatching(/torn-1\/run\.json is damaged/),
  ]);
  rmSync(run.path, { recursive: true });
  expect(newestRun(root, () => {})).toBeUndefined();
  for (const name of [...Object.keys(damaged), "folder-5"]) {
    const path = join(root, name);
    mkdirSync(join(path, "checkpoints"));
    writeFileSync(join(path, "config.yaml"), "");
    utimesSync(join(path, "config.yaml"), 1e9, 1e9);
    const warned: string[] = [];
    openRun(path, circumstances, ({ message }) => warned.push(message)).close(0);
    expect(warned).toEqual([expect.stringMatching(/it is kept as run\.json\.damaged and made anew$/)]);
    const info = readRunInfo(join(path, "run.json"));
    expect(info).toMatchObject({ rebuilt: true, argv: [], exit: null, dataFingerprint: "abc", resumes: [{ exit: 0 }] });
    expect([info.start, info.resumes[0]!.rebuilt]).toEqual(["2001-09-09T01:46:40.000Z", undefined]);
    if (name in damaged) expect(readFileSync(join(path, "run.json.damaged"), "utf8")).toBe(damaged[name]);
  }
});

test("a record made anew knows the pictures by the newest checkpoint, and other ones are refused", () => {
  const run = createRun(root, "cats", "", circumstances);
  run.close(75);
  writeFileSync(run.info, "{");
  const { state, ...rest } = makeCheckpoint(4);
  writeCheckpoint(run.checkpoints, { ...rest, state: { ...state, dataFingerprint: "other" } });
  expect(() => openRun(run.path, circumstances)).toThrow(/had other pictures/);
});

test("other pictures are refused unless they may drift; then they are the run's", () => {
  const run = createRun(root, "cats", "", circumstances);
  run.close(75);
  const other = { ...circumstances, dataFingerprint: "other" };
  expect(() => openRun(run.path, other)).toThrow(expect.objectContaining({ reason: "usage" }));
  openRun(run.path, other, refuse, new Set(["pictures"])).close(75);
  openRun(run.path, other).close(75);
  expect(() => openRun(run.path, circumstances)).toThrow(/had other pictures/);
  expect(readRunInfo(run.info).resumes.map(({ dataFingerprint }) => dataFingerprint)).toEqual(["other", "other"]);
});

test("one writer: the second is told who has it, and gets it after the first is done", () => {
  const run = createRun(root, "cats", "", circumstances);
  expect(() => openRun(run.path, circumstances)).toThrow(
    expect.objectContaining({ reason: "busy", message: expect.stringContaining(`process ${process.pid}`) }),
  );
  run.close(75);
  mkdirSync(join(run.checkpoints, "step-000000005.tmp-123"));
  const again = openRun(run.path, circumstances);
  expect(readFileSync(again.config, "utf8")).toBe("");
  expect(() => readFileSync(join(run.checkpoints, "step-000000005.tmp-123"))).toThrow(/ENOENT/);
  again.close(0);
});

test("the record says what ran and how it ended, without naming the machine or its user", () => {
  const run = createRun(root, "cats", "", circumstances);
  expect(readRunInfo(run.info)).toMatchObject({ end: null, exit: null, resumes: [], dataFingerprint: "abc" });
  run.close(75);
  expect(readRunInfo(run.info)).toMatchObject({ exit: 75, argv: ["train", "~/photographs"] });
  openRun(run.path, circumstances).close(0);
  const info = readRunInfo(run.info);
  expect(info).toMatchObject({ exit: 75, resumes: [{ exit: 0, versions: { node: process.versions.node } }] });
  expect(info.start <= info.end! && info.end! <= info.resumes[0]!.start).toBe(true);
  expect(info.start).toMatch(/Z$/);
  const text = readFileSync(run.info, "utf8");
  expect(text).not.toContain(`${homedir()}/`);
  expect(text).not.toContain(hostname());
});

test("what is no run is refused", () => {
  expect(() => openRun(join(root, "none-1"), circumstances)).toThrow(/is not a run folder/);
});

test("a run that cannot be begun leaves no folder", () => {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, "..", "..", "file"), "");
  const blocked = join(root, "..", "..", "file", "runs");
  expect(() => createRun(blocked, "cats", "", circumstances)).toThrow(expect.objectContaining({ reason: "io" }));
});

test("twenty processes that start together get twenty folders", () => {
  const start = `
    import { createRun } from ${JSON.stringify(new URL("../../dist/run/folder.js", import.meta.url).href)};
    console.log(createRun(${JSON.stringify(root)}, "race", "", ${JSON.stringify(circumstances)}).path);`;
  const shell = 'for i in $(seq 20); do "$NODE" --input-type=module -e "$START" & done; wait';
  const { stdout, stderr } = spawnSync("sh", ["-c", shell], {
    encoding: "utf8",
    env: { ...process.env, NODE: process.execPath, START: start },
  });
  expect(stderr).toBe("");
  expect(new Set(stdout.trim().split("\n")).size).toBe(20);
});

test("of processes that take up a run together one has it, and the others say whose it is; killed, it leaves nothing in the way", async () => {
  const module = JSON.stringify(new URL("../../dist/run/folder.js", import.meta.url).href);
  const start = `
    import { openRun } from ${module};
    try {
      openRun(process.env.RUN, ${JSON.stringify(circumstances)});
      console.log("has it");
      process.stdin.resume();
    } catch ({ reason, message }) {
      console.log(reason + ": " + message);
    }`;
  const run = createRun(root, "race", "", circumstances);
  run.close(75);
  const [rounds, together] = [tries(1, 20), tries(6, 50)];
  for (let round = 0; round < rounds; round++) {
    const children = Array.from({ length: together }, () =>
      spawn(process.execPath, ["--input-type=module", "-e", start], { env: { ...process.env, RUN: run.path } }),
    );
    const said = await Promise.all(children.map(async ({ stdout }) => `${(await once(stdout, "data"))[0]}`.trim()));
    const winner = children[said.indexOf("has it")]!;
    expect(said.filter((text) => text === "has it")).toHaveLength(1);
    expect(said.filter((text) => /^busy: /.test(text) && text.includes(`process ${winner.pid}`))).toHaveLength(
      together - 1,
    );
    const gone = once(winner, "exit");
    winner.kill("SIGKILL");
    await gone;
    openRun(run.path, circumstances).close(75);
  }
  proved("R30", { races: rounds, processes: together, winners: rounds, stale: 0 });
});

test("a run is not resumed with pictures of the same names and sizes whose bytes are others, where both are known", () => {
  const run = createRun(root, "cats", "", circumstances);
  run.close(75);
  const resume = (dataContent?: string) =>
    openRun(run.path, { ...circumstances, ...(dataContent && { dataContent }) }).close(75);
  resume();
  resume("one");
  expect(() => resume("two")).toThrow("cats-1 had other pictures: names and sizes are the same, their bytes are not");
  resume();
  resume("one");
  expect(() => resume("two")).toThrow("their bytes are not");
});
