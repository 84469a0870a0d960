// `inception ablate --cell`: one cell of a folder's plan, for schedulers; other cells' processes may be at work in the folder.
import { cellPaths, cellState, isSettled } from "../ablate/cell.ts";
import { openFolder } from "../ablate/folder.ts";
import { runCells } from "../ablate/run.ts";
import { cellCalled } from "../ablate/select.ts";
import { exitCodes } from "../errors.ts";
import type { AblateOptions } from "./commands/ablate.ts";
import { note } from "./print.ts";
import { stopOnRequest } from "./stop.ts";

/** Says the exit code: a cell that diverged is done. */
export async function runOneCell(id: string, { output, threads }: Pick<AblateOptions, "output" | "threads">) {
  const { plan, folder } = await openFolder(output);
  const cell = cellCalled(plan, id);
  const say = (text: string): void => note(`${cell.row}, seed ${cell.seed}: ${text}`);
  const { signal: stop, done } = stopOnRequest("the training saves where it is");
  try {
    await runCells([cell], {
      folder,
      crops: plan.crops,
      jobs: 1,
      threads,
      watcher: {
        waiting: () => say("another process works on it; waiting"),
        started: () => say("started"),
        ended: (_, { kind }) => say(kind),
      },
      stop,
    });
  } finally {
    done();
  }
  const state = cellState(cellPaths(folder, cell, plan.crops));
  if (isSettled(state)) return exitCodes.done;
  if (!("message" in state)) return exitCodes.stopped;
  say(state.message);
  return exitCodes.checkFailed;
}
