// A training that diverges: where its values are not finite any more, and how a run goes on from before that.
import { type CheckpointFiles, newestCheckpoint } from "../checkpoint/store.ts";
import { UserError } from "../errors.ts";
import { allFinite } from "../evaluate/finite.ts";
import type { RunPaths } from "../run/paths.ts";
import type { Skipped } from "./training.ts";

/**
 * The first layer with a value that is not finite, and which of its values that is: "Mixed_5b/b1x1/conv (kernel)". Undefined where all are.
 * `variables`: every variable's name in the network's order.
 */
export function firstNotFinite(files: CheckpointFiles, variables: readonly string[]): string | undefined {
  const places = new Map(variables.map((name, place) => [name, place]));
  const found = Object.entries(files).flatMap(([file, tensors]) =>
    [...tensors].flatMap(([name, { data }]) => (allFinite(data as Float32Array) ? [] : [placed(file, name, places)])),
  );
  return found.sort((a, b) => a.place - b.place)[0]?.words;
}

/** An optimizer's tensors are called `momentum/<variable>`. */
function placed(file: string, name: string, places: ReadonlyMap<string, number>): { place: number; words: string } {
  const of = { weights: "", average: "running average of " }[file] ?? `${name.split("/", 1)[0]} of `;
  const variable = file === "optimizer" ? name.slice(name.indexOf("/") + 1) : name;
  const end = variable.lastIndexOf("/");
  return {
    place: places.get(variable) ?? places.size,
    words: `${variable.slice(0, end)} (${of}${variable.slice(end + 1)})`,
  };
}

const shownPictures = 4;

type Diverged = {
  readonly step: number;
  readonly what: "gave a loss or gradient that is not finite" | "left values that are not finite";
  /** The first layer, and which of its values. */
  readonly first: string | undefined;
  /** Of the step's pictures; none before the first step. */
  readonly names: readonly string[];
  /** Steps skipped before it. */
  readonly skipped?: Skipped | undefined;
};

/** `explainDivergence` says how to go on. */
export function diverged({ step, what, first, names, skipped }: Diverged): UserError {
  const where = first === undefined ? "though all that its layers hold and give is finite" : `first in ${first}`;
  const shown = names.slice(0, shownPictures).join(", ");
  const more = names.length > shownPictures ? ", ..." : "";
  const before = skipped ? `; ${skipped.inRow} steps in a row before it were skipped, ${skipped.total} in all` : "";
  const pictures = names.length === 0 ? "" : `; its ${names.length} pictures: ${shown}${more}`;
  return new UserError("diverged", `step ${step} ${what}, ${where}${pictures}${before}`);
}

/**
 * The same error with the last good checkpoint, and how to go on: by rolling the run back, or where that was of no use, from its weights at a
 * lower rate.
 */
export function explainDivergence(
  error: UserError,
  { path, checkpoints, config }: Pick<RunPaths, "path" | "checkpoints" | "config">,
  lowerRate?: number,
): UserError {
  const good = lastGood(checkpoints);
  const lower = lowerRate === undefined ? "with a lower train.learningRate" : `with train.learningRate=${lowerRate}`;
  const hint =
    good === undefined
      ? `nothing was saved before it: start anew, ${lower} or a longer train.warmupEpochs`
      : lowerRate === undefined
        ? `${good} is the last good checkpoint; the run goes back and on at half the rate by\n` +
          `  inception train --resume ${path} --set "train.onDivergence={ name: rollback }"`
        : `${good} is the last good checkpoint; a new run goes on from its weights at half the last rate by\n` +
          `  inception train ${config} --from ${good} --set train.learningRate=${lowerRate}`;
  return new UserError("diverged", error.message, { hint, cause: error });
}

function lastGood(checkpoints: string): string | undefined {
  try {
    return newestCheckpoint(checkpoints)?.path;
  } catch (error) {
    if (error instanceof UserError && error.reason === "checkpoint") return undefined;
    throw error;
  }
}
