// Races as a program's kernels are chosen: once for each convolution, kept for the next process, and passed over where a word
// or a table says it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { passes, sideIn } from "../../src/graph/kernels.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { racedSides } from "../../src/race/convolutions.ts";
import { kernelsFor } from "../../src/race/kernels-for.ts";
import { races } from "../../src/race/listener.ts";
import { addChoices, machineChoices, readTable, tableFile, writeTable } from "../../src/race/table.ts";
import { contestsOf, type Program } from "../../src/race/tasks.ts";
import { kernelsVariable } from "../../src/runtime/kernels.ts";
import { smallV3 } from "../graph/step.ts";
import { needs } from "../needs.ts";

const program: Program = {
  network: buildNetwork(smallV3, 29),
  input: { height: 29, width: 29, channels: 3 },
  batch: 2,
  precision: "float32",
  passes: ["forward"],
};

const folder = mkdtempSync(join(tmpdir(), "inception-races-"));
const tables = { folder };
vi.mock("../../src/cache-folder.ts", async (original) => ({
  ...(await original<typeof import("../../src/cache-folder.ts")>()),
  kernelTables: () => tables.folder,
}));

const { [kernelsVariable]: wish } = process.env;
/** A machine without a table. */
beforeEach(() => {
  tables.folder = mkdtempSync(join(folder, "tables-"));
  delete process.env[kernelsVariable];
});
afterAll(() => {
  if (wish !== undefined) process.env[kernelsVariable] = wish;
  races.listener = () => {};
  rmSync(folder, { recursive: true });
});

test("each convolution is raced once on a machine", needs("avx2"), async () => {
  const heard: [number, number][] = [];
  races.listener = (...told) => heard.push(told);
  const contests = contestsOf(program);
  const chosen = await kernelsFor(program);
  expect(Object.keys(chosen).sort()).toEqual(contests.map(({ name }) => name).sort());
  expect(heard[0]).toEqual([0, contests.length]);
  expect(heard.at(-1)).toEqual([contests.length, contests.length]);
  heard.length = 0;
  expect(await kernelsFor(program)).toEqual(chosen);
  expect(heard).toEqual([]);
});

test("a word and a table are taken without a race", needs("avx2"), async () => {
  races.listener = () => expect.fail("nothing is to be raced");
  for (const rule of ["tensorflow", "own"] as const) {
    process.env[kernelsVariable] = rule;
    expect(await kernelsFor(program)).toBe(rule);
  }
  const [first] = contestsOf(program);
  const path = join(folder, "table.json");
  writeTable(path, { [first!.name]: "tensorflow", "forward float32 of another network": "fast" });
  process.env[kernelsVariable] = path;
  expect(await kernelsFor(program)).toEqual({ [first!.name]: "tensorflow" });
});

test("a table without inferences has those of training's forward passes for them", needs("avx2"), async () => {
  const [first] = contestsOf({ ...program, passes: ["inference"] });
  const path = join(folder, "before.json");
  writeTable(path, { [first!.name.replace("inference", "forward")]: "tensorflow" });
  process.env[kernelsVariable] = path;
  expect(await kernelsFor({ ...program, passes: ["inference"] })).toEqual({ [first!.name]: "tensorflow" });
  expect(sideIn({ "forward a": "fast" }, "inference a")).toBe("fast");
  expect(sideIn({ "forward a": "fast", "inference a": "plain" }, "inference a")).toBe("plain");
});

test("what stands in the machine's table stays, whatever comes later", async () => {
  await addChoices({ a: "fast" });
  expect(await addChoices({ a: "plain", b: "plain" })).toEqual({ a: "fast", b: "plain" });
  expect(machineChoices()).toEqual({ a: "fast", b: "plain" });
});

test("where nothing can be written, what was raced is used, and not kept", needs("linux"), async () => {
  tables.folder = "/sys/inception";
  expect(await addChoices({ a: "fast" })).toEqual({ a: "fast" });
  expect(machineChoices()).toEqual({});
});

test("a table that is damaged is made anew, but one that is asked for is refused", async () => {
  await addChoices({ a: "fast" });
  writeFileSync(tableFile(), readFileSync(tableFile(), "utf8").replace("fast", "quick"));
  expect(machineChoices()).toEqual({});
  expect(() => readTable(tableFile())).toThrow(/: expected a table of kernels, got another file \(choices: a: /);
  expect(await addChoices({ b: "plain" })).toEqual({ b: "plain" });
  expect(() => readTable(join(folder, "none"))).toThrow(/ENOENT/);
});

test("programs of nearly the same batch share their races", () => {
  const racedAs = (batch: number) => contestsOf({ ...program, batch }).map((contest) => contest.racedAs);
  expect(racedAs(5)).toEqual(racedAs(4));
  expect(racedAs(4)).not.toEqual(racedAs(2));
});

test("a race takes few pictures, but a filter enough places", () => {
  const large = contestsOf({ ...program, network: buildNetwork({ ...smallV3, width: 1 }, 299), batch: 64, passes });
  const sizes = large.map(({ raced }) => raced.input);
  expect(large.length).toBeGreaterThan(50);
  for (const [i, { raced, pass, name, racedAs }] of large.entries()) {
    const [pictures, height, width] = sizes[i]!;
    expect(pictures).toBeLessThanOrEqual(64);
    expect(pictures! * height! * width!).toBeGreaterThanOrEqual(Math.min(1024, 64 * height! * width!));
    expect(name === racedAs).toBe(pictures === 64);
    expect(racedSides({ pass, ...raced, stride: raced.window.stride }, raced.parts).length).toBeGreaterThan(1);
  }
  expect(Math.min(...sizes.map(([pictures]) => pictures!))).toBeLessThan(16);
});
