// What `inception ablate` shows while it runs: a live table on a terminal, a line for each event elsewhere; both on stderr.
import { readFileSync } from "node:fs";
import { type CellPaths, type CellState, cellPaths, cellState, stepsDone } from "../ablate/cell.ts";
import type { Crops } from "../ablate/file.ts";
import type { Cell, Plan } from "../ablate/plan.ts";
import type { CellWatcher } from "../ablate/run.ts";
import type { EvaluationDocument } from "../results/evaluation-schema.ts";
import { type CellWork, newClock } from "./ablation-clock.ts";
import { formatTable, note } from "./print.ts";
import { formatDuration } from "./progress.ts";
import { isTerminal, showLive } from "./terminal.ts";

/** What this sitting works on. */
export type ViewOptions = CellWork & { readonly plan: Plan };

export type AblationView = CellWatcher & { stop(): void };

export function ablationView(options: ViewOptions): AblationView {
  return isTerminal() ? liveTable(options) : plainLines(options);
}

function plainLines(options: ViewOptions): AblationView {
  const clock = newClock(options);
  const began = new Map<string, number>();
  const say = (cell: Cell, text: string): void => note(`${cell.row}, seed ${cell.seed}: ${text}`);
  return {
    waiting: (cell, pid) => say(cell, waitingText(pid)),
    started(cell) {
      began.set(cell.id, performance.now());
      say(cell, "started");
    },
    ended(cell, state) {
      const { done, left } = clock();
      const took = formatDuration((performance.now() - (began.get(cell.id) ?? performance.now())) / 1000);
      const rest = left === undefined ? "" : `, ${left} left`;
      say(
        cell,
        `${stateText(state, pathsOf(options, cell))} (${took}; ${done} of ${options.cells.length} cells${rest})`,
      );
    },
    stop() {},
  };
}

const redrawMilliseconds = 1000;

function liveTable(options: ViewOptions): AblationView {
  const clock = newClock(options);
  const active = new Map<string, string>();
  const live = showLive(({ rows }) => {
    const { done, left, seconds } = clock();
    const time = `${formatDuration(seconds)} gone${left === undefined ? "" : `, about ${left} left`}`;
    const summary = `${done} of ${options.cells.length} cells done, ${time}`;
    return [...grid(options, active).split("\n"), "", summary].slice(1 - rows);
  });
  const timer = setInterval(live.changed, redrawMilliseconds).unref();
  const change = (cell: Cell, text: string | undefined): void => {
    if (text === undefined) active.delete(cell.id);
    else active.set(cell.id, text);
    live.changed();
  };
  return {
    waiting: (cell, pid) => change(cell, pid === undefined ? "waiting" : `waiting for ${pid}`),
    started: (cell) => change(cell, "starting"),
    ended: (cell) => change(cell, undefined),
    stop() {
      clearInterval(timer);
      live.stop();
    },
  };
}

/** Rows by seeds; what stands in `active` is shown until there is progress to show. */
function grid({ plan, folder, cells, stepsOf }: ViewOptions, active: ReadonlyMap<string, string>): string {
  const rows = plan.rows.map(({ name }) => [
    name,
    ...plan.seeds.map((seed) => {
      const cell = cells.find(({ row, seed: own }) => row === name && own === seed);
      if (cell === undefined) return "";
      const paths = cellPaths(folder, cell, plan.crops);
      const state = cellState(paths);
      const working = active.get(cell.id);
      if (working === undefined) return stateText(state, paths, true);
      const done = stepsDone(paths);
      if (state.kind === "trained") return "evaluating";
      return done > 0 ? `${Math.floor((100 * done) / stepsOf(cell))}%` : working;
    }),
  ]);
  return formatTable([plan.name, ...plan.seeds.map((seed) => `seed ${seed}`)], rows);
}

const pathsOf = ({ folder, plan }: { folder: string; plan: { crops: Crops } }, cell: Cell): CellPaths =>
  cellPaths(folder, cell, plan.crops);

const waitingText = (pid: number | undefined): string =>
  `waiting for ${pid === undefined ? "a process" : `process ${pid}`}, which an earlier driver left behind`;

const words: Readonly<Record<CellState["kind"], string>> = {
  missing: "",
  unfinished: "to be resumed",
  trained: "to be evaluated",
  done: "done",
  diverged: "diverged",
  killed: "killed",
  failed: "failed",
};

function stateText(state: CellState, paths: CellPaths, short = false): string {
  if (state.kind === "done") {
    const { top1 } = JSON.parse(readFileSync(paths.summary, "utf8")) as EvaluationDocument;
    const error = `${(100 * top1.error).toFixed(2)}%`;
    return short ? error : `done, top-1 error ${error}`;
  }
  if (short || !("message" in state)) return words[state.kind];
  return `${words[state.kind]}: ${state.message}`;
}
