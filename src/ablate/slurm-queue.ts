// Slurm's commands: the one door to sbatch, squeue, sacct and scancel.
import { execFile } from "node:child_process";
import { UserError } from "../errors.ts";
import { errorCode } from "../io-error.ts";

/** A task of an array; `state` is Slurm's word, such as RUNNING. */
export type Task = { readonly job: string; readonly index: number; readonly state: string };

export interface Queue {
  /** The job's number. Throws UserError("usage") with what sbatch says. */
  submit(script: string): Promise<string>;
  /** All tasks of jobs called so that Slurm still lists, those that have ended a while ago not among them; undefined where it does not answer. */
  tasks(name: string): Promise<readonly Task[] | undefined>;
  /** Of a job that is listed no more, where the cluster keeps accounts. */
  accounts(job: string): Promise<readonly Task[]>;
  cancel(jobs: readonly string[]): Promise<void>;
}

/** Of a task that neither squeue nor sacct know. */
export const gone = "GONE";
/** https://slurm.schedmd.com/squeue.html, "JOB STATE CODES": every other one may still go on. */
const ended: ReadonlySet<string> = new Set([
  ...["BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL"],
  ...["OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT"],
  gone,
]);
export const isActive = ({ state }: Pick<Task, "state">): boolean => !ended.has(state);

export const slurmQueue: Queue = {
  async submit(script) {
    const { failed, stdout, stderr } = await call("sbatch", ["--parsable", script]);
    if (failed)
      throw new UserError("usage", `sbatch refused ${script}: ${stderr.trim().split("\n").at(-1) || failed}`, {
        hint: "--partition, --time, --cpus, --gres and --sbatch say what the cluster wants to be told",
      });
    // "1234" or "1234;cluster"
    return stdout.trim().split(";")[0]!;
  },
  async tasks(name) {
    const { failed, stdout } = await call("squeue", [
      ...["--noheader", "--array", "--states=all", `--name=${name}`, "--format=%F|%K|%T"],
    ]);
    return failed ? undefined : tasksIn(stdout);
  },
  async accounts(job) {
    const { failed, stdout } = await call("sacct", [
      ...["--noheader", "--parsable2", "--allocations", "--array", `--jobs=${job}`, "--format=JobID,State"],
    ]);
    // "1234_5|CANCELLED by 1000"
    return failed ? [] : tasksIn(stdout.replace(/^(\d+)_/gm, "$1|").replace(/ by \d+$/gm, ""));
  },
  async cancel(jobs) {
    if (jobs.length > 0) await call("scancel", jobs);
  },
};

const tasksIn = (text: string): Task[] =>
  text.split("\n").flatMap((line) => {
    const [job, index, state] = line.trim().split("|");
    return job && state && /^\d+$/.test(index!) ? [{ job, index: Number(index), state }] : [];
  });

type Called = { readonly failed: string | undefined; readonly stdout: string; readonly stderr: string };

/** Throws UserError("usage") where there is no such program. */
const call = (program: string, args: readonly string[]): Promise<Called> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 1 << 26, timeout: 60_000 }, (error, stdout, stderr) => {
      // Without accounts there may be no sacct either.
      if (error && errorCode(error) === "ENOENT" && program !== "sacct")
        reject(
          new UserError("usage", `there is no ${program} on PATH: --executor slurm needs Slurm's commands`, {
            hint: "--executor print gives the commands for another scheduler",
          }),
        );
      else resolve({ failed: error?.message, stdout, stderr });
    });
  });
