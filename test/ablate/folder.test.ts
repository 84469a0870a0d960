// Which ablation goes into which folder, what is refused, and that a folder's plan makes the same cells from anywhere.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimFolder, openWork, type Work, type WorkOptions } from "../../src/ablate/folder.ts";
import { cellsOf, type Plan } from "../../src/ablate/plan.ts";
import type { UserError } from "../../src/errors.ts";

let root: string;
let output: string;
const open = (file: string | undefined, options: Partial<WorkOptions> = {}): Promise<Work> =>
  openWork(file && join(root, file), { sets: [], seeds: undefined, output, resume: false, ...options });
const save = (work: Work): void => claimFolder(work).release();
const ids = (plan: Plan): string[] => cellsOf(plan).map(({ id }) => id);
const refused = (opening: Promise<Work>): Promise<UserError> =>
  opening.then(
    () => expect.fail("it was opened"),
    (error: UserError) => error,
  );

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "inception-folder-"));
  output = join(root, "results");
  mkdirSync(join(root, "photos"));
  writeFileSync(
    join(root, "base.yaml"),
    "network: { name: inception-v3 }\ndata: { train: photos, size: 107 }\ntrain: { epochs: 3, optimizer: { name: momentum, nesterov: true } }\n",
  );
  writeFileSync(
    join(root, "small.yaml"),
    `name: small
base: { config: base.yaml, set: { train.batch: 4, network.width: 0.2 } }
rows: [{ name: plain }, { name: + drop, set: { network.dropout: 0.5 } }]
seeds: [0]
`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("the plan in a folder", () => {
  test("makes the same cells, with what the command line changed, after the files it came from are gone", async () => {
    const sets = ["train.steps=9", "network.width=0.3", "train.optimizer={ name: rmsprop, epsilon: 0.5 }"];
    const before = await open("small.yaml", { sets, seeds: [2, 3] });
    save(before);
    rmSync(join(root, "base.yaml"));
    rmSync(join(root, "small.yaml"));
    const after = await open(undefined, { resume: true });
    expect(ids(after.plan)).toEqual(ids(before.plan));
    expect(after.plan.base).toEqual(before.plan.base);
    expect(after.plan.base.train).toMatchObject({ steps: 9, batch: 4, optimizer: { name: "rmsprop", epsilon: 0.5 } });
    expect(after.plan.base.data.train).toBe(join(root, "photos"));
    save(after);
    expect(ids((await open(undefined, { resume: true })).plan)).toEqual(ids(before.plan));
  });

  test("has what the base left to its recipe, and keeps it when pictures are added", async () => {
    const before = await open("small.yaml");
    expect(before.plan.base.train.schedule.name).toBe("one-cycle");
    save(before);
    for (const label of ["cat", "dog"]) {
      mkdirSync(join(root, "photos", label));
      for (let i = 0; i < 50; i++) writeFileSync(join(root, "photos", label, `${label}-${i}.jpg`), "");
    }
    expect((await open("small.yaml", { look: true })).plan.base.train.averageDecay).not.toBe(
      before.plan.base.train.averageDecay,
    );
    const after = await open(undefined, { resume: true });
    expect(after.plan.base).toEqual(before.plan.base);
    expect(after.plan.rows.map(({ changes }) => changes.map(({ key }) => key))).toEqual([[], ["network.dropout"]]);
  });

  test("takes more seeds, whether the file is named or not", async () => {
    save(await open("small.yaml"));
    const more = await open(undefined, { resume: true, seeds: [5] });
    expect(more.plan.seeds).toEqual([0, 5]);
    save(more);
    expect((await open("small.yaml", { resume: true, seeds: [2] })).plan.seeds).toEqual([0, 2, 5]);
  });

  test("may be resumed where there is none yet", async () => {
    expect((await open("small.yaml", { resume: true })).folder).toBe(output);
  });
});

describe("refused", () => {
  test("another ablation in the folder, naming what differs; new rows may be added", async () => {
    save(await open("small.yaml"));
    const { message, reason } = await refused(open("small.yaml", { resume: true, sets: ["train.labelSmoothing=0.3"] }));
    expect(reason).toBe("usage");
    expect(message).toContain(
      'different: "plain" (train.labelSmoothing 0.1 -> 0.3); "+ drop" (train.labelSmoothing 0.1 -> 0.3)',
    );
    const text = readFileSync(join(root, "small.yaml"), "utf8");
    writeFileSync(
      join(root, "small.yaml"),
      text.replace("0.5 } }]", "0.5 } }, { name: + wide, set: { network.width: 0.4 } }]"),
    );
    expect((await open("small.yaml", { resume: true })).plan.rows).toHaveLength(3);
  });

  test("a folder with an ablation, unless resumed or only looked at", async () => {
    save(await open("small.yaml"));
    expect(await refused(open("small.yaml"))).toMatchObject({
      reason: "usage",
      message: expect.stringContaining("holds an ablation"),
    });
    expect((await open("small.yaml", { look: true, sets: ["train.batch=8"] })).plan.base.train.batch).toBe(8);
  });

  test("a folder that another driver has", async () => {
    const work = await open("small.yaml");
    const lock = claimFolder(work);
    expect(() => claimFolder(work)).toThrow(expect.objectContaining({ reason: "busy", exitCode: 5 }));
    expect(await refused(open("small.yaml"))).toMatchObject({ reason: "busy" });
    lock.release();
    save(work);
  });

  test("a folder with other files, which stay as they are", async () => {
    mkdirSync(output);
    writeFileSync(join(output, "thesis.tex"), "x");
    const work = await open("small.yaml");
    expect(() => claimFolder(work)).toThrow(/not an ablation's folder: it holds thesis\.tex/);
    expect(readdirSync(output)).toEqual(["thesis.tex"]);
  });

  test("cells brought from elsewhere are no other files", async () => {
    mkdirSync(join(output, "cells"), { recursive: true });
    save(await open("small.yaml"));
    expect(readdirSync(output)).toContain("ablation.yaml");
  });
});
