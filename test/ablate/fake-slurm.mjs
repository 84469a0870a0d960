// Slurm's commands as a test needs them: `sbatch`, `squeue` and `scancel` over a few files in the folder FAKE_SLURM. `acts.json` says what
// each submission comes to: a state for each task, and the cells' folders that get the files of `result`.
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.FAKE_SLURM;
const at = (name) => join(folder, name);
const read = (name, otherwise) => (existsSync(at(name)) ? JSON.parse(readFileSync(at(name), "utf8")) : otherwise);
const [command, ...args] = process.argv.slice(2);
appendFileSync(at("calls"), `${[command, ...args].join(" ")}\n`);

const commands = {
  sbatch() {
    const jobs = read("jobs.json", []);
    const script = readFileSync(args.at(-1), "utf8");
    const cells = /^set -- (.*)$/m.exec(script)[1].split(" ");
    writeFileSync(at("jobs.json"), JSON.stringify([...jobs, { looks: 0, cells }]));
    console.log(jobs.length + 1);
  },
  /** A job runs at the first look, and has come to its end at the second. */
  squeue() {
    const jobs = read("jobs.json", []);
    for (const [number, job] of jobs.entries()) {
      const act = read("acts.json")[number];
      const isOver = job.looks++ > 0 && act !== "for ever";
      for (const [i, cell] of job.cells.entries()) {
        const state = job.cancelled ? "CANCELLED" : isOver ? act[i] : "RUNNING";
        console.log(`${number + 1}|${i + 1}|${state}`);
        if (state === "COMPLETED") finish(cell);
      }
    }
    writeFileSync(at("jobs.json"), JSON.stringify(jobs));
  },
  scancel() {
    const jobs = read("jobs.json", []);
    for (const number of args) jobs[number - 1].cancelled = true;
    writeFileSync(at("jobs.json"), JSON.stringify(jobs));
  },
};

function finish(cell) {
  const path = join(process.env.FAKE_SLURM_CELLS, `cell-${cell}`);
  mkdirSync(path, { recursive: true });
  cpSync(at("result"), path, { recursive: true });
}

commands[command]();
