// `inception ablate --executor slurm` as a process, with a Slurm on PATH that a test plays (fake-slurm.mjs).
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSource } from "../../src/images/sources/source.ts";
import { writePictures } from "../evaluate/tiny-model.ts";
import { put, putResult, ranksOf } from "./support.ts";

let folder: string;
let out: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "inception-slurm-"));
  out = join(folder, "out");
  const place = (...names: string[]): string => join(folder, ...names);
  for (const name of ["bin", "fake"]) mkdirSync(place(name));
  for (const name of ["sbatch", "squeue", "scancel"]) {
    const file = place("bin", name);
    writeFileSync(
      file,
      `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, "fake-slurm.mjs")}' ${name} "$@"\n`,
    );
    chmodSync(file, 0o755);
  }
  const photos = place("photos");
  for (const name of ["a", "b"]) {
    mkdirSync(join(photos, name), { recursive: true });
    await writePictures(join(photos, name), 4);
  }
  put(
    place("base.yaml"),
    `network: { name: bn-inception, width: 0.05 }\ndata: { train: ${photos}, validation: ${photos}, size: 32 }\ntrain: { batch: 2, steps: 2, precision: float32 }\n`,
  );
  put(place("two.yaml"), "name: two\nbase: { config: base.yaml }\nrows: [{ name: plain }]\nseeds: 0..1\n");
  const evaluation = place("fake", "result", "eval-single");
  const { fingerprint } = await openSource(photos);
  putResult(
    { predictions: join(evaluation, "predictions.jsonl"), summary: join(evaluation, "summary.json") },
    ranksOf(2),
    {
      data: { fingerprint, listed: 10, evaluated: 10, rejected: [] },
    },
  );
  env = {
    ...process.env,
    PATH: `${place("bin")}${delimiter}${process.env.PATH}`,
    FAKE_SLURM: place("fake"),
    FAKE_SLURM_CELLS: join(out, "cells"),
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `seen` hears the text so far. */
async function ablate(args: readonly string[], seen: (text: string, stop: () => void) => void = () => {}) {
  const words = ["bin/inception.js", "ablate", join(folder, "two.yaml"), "-o", out, "--poll", "1", ...args];
  const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      text += data;
      seen(text, () => void child.kill("SIGINT"));
    });
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, text, calls: readFileSync(join(folder, "fake", "calls"), "utf8") };
}
const acts = (...of: unknown[]): void => put(join(folder, "fake", "acts.json"), of);

test("submits, follows, submits again what ran out of time, and writes the tables", async () => {
  acts(["COMPLETED", "TIMEOUT"], ["COMPLETED"]);
  const { code, text, calls } = await ablate(["--executor", "slurm", "--cpus", "3", "--sbatch", "--mem=4G"]);
  expect(text).toContain("submitted 2 cells as job 1");
  expect(text).toContain("plain, seed 1: its task ended (TIMEOUT), another one goes on");
  expect(text).toContain("submitted 1 cell as job 2");
  expect(code, text).toBe(0);
  expect(calls.match(/^sbatch --parsable .*ablation\.sbatch$/gm)).toHaveLength(2);
  expect(readFileSync(join(out, "ablation.sbatch"), "utf8")).toMatch(/^#SBATCH --cpus-per-task=3\n#SBATCH --mem=4G$/m);
  expect(readFileSync(join(out, "table.md"), "utf8")).toContain("20.00");
});

test("Ctrl-C with --cancel-on-stop cancels the job and waits for its tasks", async () => {
  acts("for ever");
  let asked = false;
  const { code, text, calls } = await ablate(["--executor", "slurm", "--cancel-on-stop"], (text, stop) => {
    if (!asked && text.includes("seed 1: started")) stop();
    asked ||= text.includes("seed 1: started");
  });
  expect(code, text).toBe(75);
  expect(calls).toContain("scancel 1\n");
  expect(text).toContain(`resume with: inception ablate --resume --executor slurm -o ${out}`);
});
