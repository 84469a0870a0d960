import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readPrinted } from "./printed.ts";

const bin = join(import.meta.dirname, "../../bin/inception.js");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function config(...words: string[]) {
  const options = { encoding: "utf8", cwd: folder } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, "config", ...words], options);
  return { status, stdout, stderr };
}

it("show prints a file that shows itself", () => {
  const first = config("show", "inception-v3-paper", "--set", "train.batch=16");
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(first.stdout).toMatch(/^ {2}batch: 16$/m);
  writeFileSync(join(folder, "mine.yaml"), first.stdout);
  expect(config("show", "mine.yaml")).toEqual(first);
});

it("show --json prints one document", () => {
  const { stdout } = config("show", "quickstart", "--json");
  expect(readPrinted("inception.config/1", stdout)).toMatchObject({ experiment: { name: "quickstart" } });
});

it("without a config takes ./inception.yaml, else the quickstart, and says which on stderr", () => {
  const shipped = config("check");
  expect(shipped.status).toBe(0);
  expect(shipped.stderr).toMatch(/quickstart/);
  writeFileSync(join(folder, "inception.yaml"), "data: { train: photos }\n");
  const own = config("check");
  expect(own).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^inception.yaml: every key is right; not there yet: .*photos\n$/),
  });
  photographs("photos", 30);
  expect(config("check").stdout).toBe("inception.yaml: ok\n");
  expect(own.stderr).toMatch(/inception\.yaml/);
});

/** Two classes of so many files each, which nobody opens. */
function photographs(name: string, perClass: number): void {
  for (const label of ["cat", "dog"]) {
    mkdirSync(join(folder, name, label), { recursive: true });
    for (let i = 0; i < perClass; i++) writeFileSync(join(folder, name, label, `${label}-${i}.jpg`), "");
  }
}

it("show takes photographs in place of a config, and shows the whole recipe for their number", () => {
  photographs("My photos!", 100);
  const { status, stdout, stderr } = config("show", "My photos!", "--set", "data.size=64");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^name: My-photos-$/m);
  expect(stdout).toMatch(/^recipe: scratch$/m);
  expect(stdout).toMatch(/^ {2}size: 64$/m);
  photographs("more", 2000);
  const epochs = (text: string) => Number(/^ {2}epochs: (\d+)$/m.exec(text)?.[1]);
  expect(epochs(config("show", "more").stdout)).toBeLessThan(epochs(stdout));
  writeFileSync(join(folder, "mine.yaml"), stdout);
  rmSync(join(folder, "My photos!"), { recursive: true });
  expect(config("show", "mine.yaml")).toEqual({ status, stdout, stderr });
});

it("without the pictures the recipe is that of any set, and this is said", () => {
  writeFileSync(join(folder, "mine.yaml"), "data: { train: nowhere }\n");
  const { status, stderr } = config("show", "mine.yaml");
  expect(status).toBe(0);
  expect(stderr).toMatch(/^warning: .*nowhere: no such file or folder; the recipe is the one for 1000 pictures$/m);
  expect(config("show", "mine.yaml", "--set", "recipe=paper").stderr).toBe("");
});

it("check tells every problem on stderr and ends with 2", () => {
  writeFileSync(join(folder, "bad.yaml"), "data: { train: photos }\ntrain: { batch: 0 }\nsede: 1\n");
  const { status, stdout, stderr } = config("check", "bad.yaml", "--set", "log.everySteps=0");
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^error: 3 problems in bad\.yaml\n/);
  expect(stderr).toContain("bad.yaml:2:17: train.batch: expected a whole number above 0, got 0\n");
  expect(stderr).toContain("bad.yaml:3:1: sede: unknown key; did you mean seed?\n");
  expect(stderr).toContain("--set log.everySteps: expected a whole number above 0, got 0\n");
});

it("check says warnings on stderr, and in --json", () => {
  const { status, stdout, stderr } = config("check", "quickstart", "--set", "data.validation=data/shapes", "--json");
  expect(status).toBe(0);
  expect(readPrinted("inception.config-check/1", stdout)).toMatchObject({
    ok: true,
    warnings: [expect.any(String)],
    missing: [expect.stringMatching(/shapes$/)],
  });
  expect(stderr).toMatch(/^warning: .*data\.validation/m);
});

it("schema prints a JSON Schema with ranges, defaults and meanings", () => {
  const { status, stdout } = config("schema");
  expect(status).toBe(0);
  const { properties } = JSON.parse(stdout);
  expect(properties.train.properties.batch).toMatchObject({ default: 32, type: "integer", exclusiveMinimum: 0 });
  expect(properties.seed.description).toBe("Every random choice follows from it");
});
