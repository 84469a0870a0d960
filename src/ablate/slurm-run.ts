// Runs the cells of an ablation as tasks of Slurm; what is on disk decides what has come of each, the queue only what still goes on.
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../counted.ts";
import { type CellState, cellPaths, cellState, isSettled, stepsDone } from "./cell.ts";
import type { Cell } from "./plan.ts";
import type { CellOptions, CellWatcher } from "./run.ts";
import { gone, isActive, type Queue, type Task } from "./slurm-queue.ts";

export type SlurmOptions = Pick<CellOptions, "folder" | "crops" | "stop"> & {
  readonly watcher: Pick<CellWatcher, "started" | "ended">;
  readonly queue: Queue;
  /** Of all jobs of this folder. */
  readonly name: string;
  /** Writes the script for these cells; says where. */
  readonly writeScript: (cells: readonly Cell[]) => string;
  /** Whether a stop ends the tasks too, which save; else they go on. */
  readonly cancelOnStop: boolean;
  readonly pollMilliseconds: number;
  readonly say: (text: string) => void;
};

/** The largest array that Slurm takes where nobody has changed MaxArraySize. */
const largestArray = 1000;
/** A cell whose tasks end so often without a result, a failure or another step is left. */
const mostAttempts = 5;

/**
 * Submits what is not settled, and again whatever a task was taken away from (time, a lost node, a kill): it goes on from its checkpoint. Tasks
 * of an earlier driver are waited for first. Throws UserError("usage") where Slurm takes no job.
 */
export async function runOnSlurm(cells: readonly Cell[], options: SlurmOptions): Promise<void> {
  const { queue, name, stop, say, pollMilliseconds } = options;
  const work = newWork(cells, options);
  let answers = true;
  for (;;) {
    const tasks = await queue.tasks(name);
    if (tasks === undefined && answers) say("squeue does not answer; asking again");
    answers = tasks !== undefined;
    if (stop.aborted) return end(tasks ?? [], options);
    if (tasks) {
      await work.look(tasks);
      const next = work.next(tasks);
      if (next.length > 0) await work.submit(next);
      else if (!tasks.some(isActive)) return;
    }
    await sleep(pollMilliseconds, undefined, { signal: stop }).catch(() => {});
  }
}

async function end(tasks: readonly Task[], { queue, name, cancelOnStop, pollMilliseconds, say }: SlurmOptions) {
  const jobs = [...new Set(tasks.filter(isActive).map(({ job }) => job))];
  if (jobs.length === 0) return;
  if (!cancelOnStop) return say(`${words(jobs)} on without this command, which follows again with --resume`);
  say(`cancelling ${jobs.join(", ")}`);
  await queue.cancel(jobs);
  while (((await queue.tasks(name)) ?? []).some(isActive)) await sleep(pollMilliseconds);
}

const words = (jobs: readonly string[]): string =>
  jobs.length === 1 ? `job ${jobs[0]} goes` : `jobs ${jobs.join(", ")} go`;

/** What this driver knows beside the files: which task computes which cell, and what was told of it. */
function newWork(cells: readonly Cell[], { folder, crops, watcher, queue, writeScript, say }: SlurmOptions) {
  const pathsOf = (cell: Cell) => cellPaths(folder, cell, crops);
  const stateOf = (cell: Cell): CellState => cellState(pathsOf(cell));
  /** Tasks that were not seen to end. */
  const followed = new Map<string, { readonly task: Pick<Task, "job" | "index">; readonly cell: Cell }>();
  const told = new Map<string, "started" | "ended">();
  const attempts = new Map<string, { readonly times: number; readonly steps: number }>();

  const finish = (cell: Cell, why?: string): void => {
    told.set(cell.id, "ended");
    if (why !== undefined) say(`${cell.row}, seed ${cell.seed}: ${why}`);
    watcher.ended(cell, stateOf(cell));
  };
  /** A cell whose task is gone: it has come to something, or is submitted again. */
  const settle = (cell: Cell, state: string): void => {
    const now = stateOf(cell);
    const { times } = attempts.get(cell.id)!;
    if (isSettled(now) || "message" in now) finish(cell);
    else if (state === "CANCELLED") finish(cell, "its task was cancelled");
    else if (times >= mostAttempts) finish(cell, `left after ${times} tasks without progress, the last ${state}`);
    else again(cell, state);
  };
  const again = (cell: Cell, state: string): void => {
    say(`${cell.row}, seed ${cell.seed}: its task ended (${state}), another one goes on`);
    told.delete(cell.id);
  };

  return {
    async look(tasks: readonly Task[]): Promise<void> {
      const states = new Map(tasks.map((task) => [keyOf(task), task.state]));
      for (const [key, { task, cell }] of followed) {
        const state = states.get(key) ?? (await stateIn(queue, task));
        if (!isActive({ state })) {
          followed.delete(key);
          settle(cell, state);
        } else if (state === "RUNNING" && !told.has(cell.id)) {
          told.set(cell.id, "started");
          watcher.started(cell);
        }
      }
    },
    /** What is to be submitted now: nothing as long as tasks go on that this driver does not follow. */
    next(tasks: readonly Task[]): Cell[] {
      if (tasks.some((task) => isActive(task) && !followed.has(keyOf(task)))) return [];
      const active = new Set([...followed.values()].map(({ cell }) => cell));
      const open = cells.filter((cell) => !active.has(cell) && told.get(cell.id) !== "ended");
      return open.filter((cell) => !isSettled(stateOf(cell))).slice(0, largestArray);
    },
    async submit(next: readonly Cell[]): Promise<void> {
      const job = await queue.submit(writeScript(next));
      for (const [i, cell] of next.entries()) {
        const task = { job, index: i + 1 };
        followed.set(keyOf(task), { task, cell });
        const steps = stepsDone(pathsOf(cell));
        const before = attempts.get(cell.id);
        attempts.set(cell.id, { steps, times: before && steps <= before.steps ? before.times + 1 : 1 });
      }
      say(`submitted ${counted(next.length, "cell")} as job ${job}`);
    },
  };
}

const keyOf = ({ job, index }: Pick<Task, "job" | "index">): string => `${job}_${index}`;

/** Of a task that is listed no more. */
async function stateIn(queue: Queue, { job, index }: Pick<Task, "job" | "index">): Promise<string> {
  const task = (await queue.accounts(job)).find((one) => one.index === index);
  return task && !isActive(task) ? task.state : gone;
}
