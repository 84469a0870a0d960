// What `inception checkpoint` finds and says.
import type { Difference, PartDifference } from "../checkpoint/difference.ts";
import { isCheckpoint, type Listed, overview, verify } from "../checkpoint/overview.ts";
import {
  type Checkpoint,
  listCheckpoints,
  newestCheckpoint,
  prune,
  readCheckpoint,
  superfluous,
} from "../checkpoint/store.ts";
import { UserError } from "../errors.ts";
import { lockRun, newestRun } from "../run/folder.ts";
import { runPaths } from "../run/paths.ts";
import { formatTable, note, warn } from "./print.ts";

/** The folder of a run's checkpoints, of the newest run where none is named. Throws UserError("checkpoint") where there are none. */
export function checkpointsOf(run: string | undefined): string {
  const folder = runPaths(chosenRun(run)).checkpoints;
  if (listCheckpoints(folder).length > 0) return folder;
  throw new UserError("checkpoint", `${folder}: expected checkpoints, got none`, {
    hint: "a run folder is one that inception train made, such as runs/train/quickstart-1",
  });
}

function chosenRun(run: string | undefined): string {
  const chosen = run ?? newestRun("runs/train", warn);
  if (chosen === undefined)
    throw new UserError("checkpoint", "there is no run in runs/train", { hint: "name its folder" });
  if (run === undefined) note(`checkpoints of ${chosen}`);
  return chosen;
}

export function describeList(folder: string, checkpoints: readonly Listed[]): string {
  const rows = checkpoints.map(({ step, epoch, bytes, holds, best, problem }) => [
    step,
    epoch ?? "",
    bytes === null ? "" : (bytes / 1e6).toFixed(1),
    problem === null ? holds.join(", ") : "damaged",
    best ? "best" : "",
  ]);
  const damaged = checkpoints.flatMap(({ problem }) => problem ?? []);
  return [folder, "", formatTable(["step", "epoch", "MB", "holds", ""], rows), ...damaged].join("\n");
}

type Checked = { readonly path: string; readonly ok: boolean; readonly problem: string | null };

/** Each as it is read, with a line of its own. */
export function verifyAll(paths: readonly string[], say: (line: string) => void): Checked[] {
  const named = paths.length > 0 ? paths : [chosenRun(undefined)];
  const checkpoints = named.flatMap((path) =>
    isCheckpoint(path) ? [path] : listCheckpoints(checkpointsOf(path)).map((place) => place.path),
  );
  return checkpoints.map((path) => {
    const problem = verify(path);
    say(problem === null ? `ok  ${path}` : `NO  ${path}\n    ${problem}`);
    return { path, ok: problem === null, problem };
  });
}

/** A checkpoint, or the newest of a run. Throws UserError("checkpoint") where it is damaged or none. */
export function readNamed(path: string): { readonly path: string; readonly checkpoint: Checkpoint } {
  if (isCheckpoint(path)) return { path, checkpoint: readCheckpoint(path) };
  return newestCheckpoint(checkpointsOf(path), { onBroken: warn })!;
}

const mostLines = 20;

export function describeDifference([first, second]: readonly [string, string], found: Difference): string {
  if (found.equal) return `${first}\n${second}\nequal to the last bit`;
  const more = found.state.length > mostLines ? [`and ${found.state.length - mostLines} more keys`] : [];
  const rows = found.parts.map(({ part, tensors }) => [
    part,
    `${tensors.filter(({ differing }) => differing > 0).length} of ${tensors.length}`,
    `${sum(tensors, "differing")} of ${sum(tensors, "values")}`,
    Math.max(0, ...tensors.map(({ largest }) => largest)).toExponential(1),
  ]);
  return [
    first,
    second,
    "",
    ...found.state.slice(0, mostLines),
    ...more,
    "",
    formatTable(["part", "tensors that differ", "numbers", "furthest apart"], rows),
    ...found.parts.flatMap(furthest),
  ].join("\n");
}

/** The tensors of a part that lie furthest apart for their size, and those that one alone has. */
function furthest({ part, tensors, onlyFirst, onlySecond }: PartDifference): string[] {
  const apart = tensors
    .filter(({ differing }) => differing > 0)
    .sort((a, b) => (b.relative ?? Number.POSITIVE_INFINITY) - (a.relative ?? Number.POSITIVE_INFINITY))
    .slice(0, 3)
    .map(({ name, relative }) => `${part}: ${name} ${relative === null ? "was zero" : `by ${percent(relative)}`}`);
  const alone = [
    ["first", onlyFirst],
    ["second", onlySecond],
  ] as const;
  return [
    ...apart,
    ...alone.flatMap(([which, names]) =>
      names.length > 0 ? [`${part}: in the ${which} alone ${names.length} tensors, as ${names[0]}`] : [],
    ),
  ];
}

const percent = (share: number): string => `${share < 1 ? (100 * share).toPrecision(2) : (100 * share).toFixed(0)}%`;
const sum = (tensors: PartDifference["tensors"], key: "differing" | "values"): number =>
  tensors.reduce((total, tensor) => total + tensor[key], 0);

export type Pruned = { readonly removed: readonly string[]; readonly kept: readonly string[]; readonly bytes: number };

/** Throws UserError("busy") where the run is in use. */
export function pruneRun(run: string | undefined, keep: number, dryRun = false): Pruned {
  const chosen = chosenRun(run);
  const folder = checkpointsOf(chosen);
  const release = lockRun(runPaths(chosen));
  try {
    const before = overview(folder);
    const best = before.find((one) => one.best)?.step;
    const doomed = new Set(superfluous(folder, keep, { best }));
    if (!dryRun) prune(folder, keep, { best });
    const [removed, kept] = [true, false].map((goes) => before.filter(({ path }) => doomed.has(path) === goes));
    return {
      removed: removed!.map(({ path }) => path),
      kept: kept!.map(({ path }) => path),
      bytes: removed!.reduce((total, { bytes }) => total + (bytes ?? 0), 0),
    };
  } finally {
    release();
  }
}
