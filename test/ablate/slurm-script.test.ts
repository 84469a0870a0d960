// The scripts that schedulers get, read by a shell.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { cellCommand, jobName, program, quoted } from "../../src/ablate/cell-command.ts";
import { kubernetesJob } from "../../src/ablate/kubernetes-job.ts";
import { slurmScript } from "../../src/ablate/slurm-script.ts";

const plan = { name: "What it brings" };
const folder = "runs/ablate/it's mine";
const cells = ["aaaa", "bbbb", "cccc"].map((id) => ({ id }));

/** The words that a script would run, without running them. */
const wordsOf = (script: string, env: Record<string, string>): string[] => {
  const shown = script.replace(/^exec /m, 'printf "%s\\n" ');
  return spawnSync("sh", ["-c", shown], { encoding: "utf8", env }).stdout.trimEnd().split("\n");
};

test("an array's script gives task k its cell, and sbatch what was asked", () => {
  const script = slurmScript({ plan, folder }, cells, {
    time: "4:00:00",
    partition: "long",
    cpus: 8,
    gres: "disk:1",
    sbatch: ["--mem=8G"],
    jobs: 2,
    threads: 8,
  });
  const place = resolve(folder);
  expect(wordsOf(script, { SLURM_ARRAY_TASK_ID: "2" })).toEqual([
    process.execPath,
    program,
    "ablate",
    "--cell",
    "bbbb",
    "-o",
    place,
    "--threads",
    "8",
  ]);
  const lines = script.split("\n");
  expect(lines[0]).toBe("#!/bin/sh");
  expect(lines.filter((line) => line.startsWith("#SBATCH ")).map((line) => line.slice(8))).toEqual([
    `--job-name=${jobName(plan, folder)}`,
    "--array=1-3%2",
    "--requeue",
    "--open-mode=append",
    `"--output=${join(place, "slurm", "%A_%a.log")}"`,
    `--chdir=${process.cwd()}`,
    "--cpus-per-task=8",
    "--time=4:00:00",
    "--signal=B:INT@120",
    "--partition=long",
    "--gres=disk:1",
    "--mem=8G",
  ]);
});

test("nothing that was not asked for", () => {
  const script = slurmScript({ plan, folder }, cells, { sbatch: [], threads: 1 });
  expect(script).toContain("--array=1-3\n");
  expect(script).not.toMatch(/--(time|signal|partition|gres)/);
});

test("an indexed Job gives pod k its cell", () => {
  const job = parse(kubernetesJob({ plan, folder }, cells, { image: "lab/inception:1", claim: "work", threads: 4 }));
  const [container] = job.spec.template.spec.containers;
  expect(job).toMatchObject({
    apiVersion: "batch/v1",
    kind: "Job",
    spec: { completionMode: "Indexed", completions: 3, parallelism: 3, template: { spec: { restartPolicy: "Never" } } },
  });
  expect(container).toMatchObject({ image: "lab/inception:1", resources: { requests: { cpu: "4" } } });
  expect(container.command.slice(0, 2)).toEqual(["/bin/sh", "-c"]);
  expect(wordsOf(container.command[2], { JOB_COMPLETION_INDEX: "0" })).toEqual([
    "inception",
    "ablate",
    "--cell",
    "aaaa",
    "-o",
    folder,
    "--threads",
    "4",
  ]);
});

test("a cell's line is what a shell reads as its words", () => {
  const line = cellCommand(cells[0]!, folder, { threads: 1, kernels: "own" });
  const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" });
  expect(stdout.trimEnd().split("\n").slice(2)).toEqual([
    "ablate",
    "--cell",
    "aaaa",
    "-o",
    resolve(folder),
    "--threads",
    "1",
    "--kernels",
    "own",
  ]);
  const table = cellCommand(cells[0]!, folder, { threads: 1, kernels: "table.json" });
  expect(table).toContain(`--kernels ${resolve("table.json")}`);
  expect(quoted("a b$c")).toBe("'a b$c'");
});

test("jobs are called by the plan and the folder, as Kubernetes allows it", () => {
  const long = jobName({ name: "A very long name of an ablation, with Capitals" }, folder);
  expect(long).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  expect(long.length).toBeLessThanOrEqual(50);
  expect(jobName(plan, folder)).not.toBe(jobName(plan, "another"));
});
