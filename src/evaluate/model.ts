// A trained network opened from a run folder or a checkpoint alone.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Checkpoint, newestCheckpoint, readCheckpoint } from "../checkpoint/store.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { NamedTensors } from "../graph/state.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { Layer } from "../network/layer.ts";
import type { NetworkOptions } from "../network/options.ts";

export interface Model {
  readonly path: string;
  readonly step: number;
  readonly network: Layer;
  readonly options: NetworkOptions;
  readonly classes: readonly string[];
  readonly experiment: Experiment;
  readonly size: number;
  readonly preset: Experiment["evaluate"]["preset"];
  readonly kind: "average" | "raw";
  readonly weights: NamedTensors;
}

export interface ModelChoice {
  /** Which checkpoint of a run: the newest, or the one that validated best. */
  readonly which: "last" | "best";
  /** Averaged weights where the checkpoint has them, or the raw ones. */
  readonly raw: boolean;
  readonly onBroken?: (error: UserError) => void;
}

/** Opens `path`; throws UserError("checkpoint") when nothing usable lies there. */
export function openModel(path: string, choice: ModelChoice): Model {
  const found = existsSync(join(path, "manifest.json"))
    ? { path, checkpoint: readCheckpoint(path) }
    : fromRun(path, choice);
  const { state, step, files } = found.checkpoint;
  const { size, preset } = state.preprocessing as Pick<Model, "size" | "preset">;
  const options = state.network as NetworkOptions;
  const average = choice.raw ? undefined : files.average;
  return {
    path: found.path,
    step,
    network: buildNetwork(options, size),
    options,
    classes: state.classes,
    experiment: state.experiment as Experiment,
    size,
    preset,
    kind: average ? "average" : "raw",
    weights: (average ?? files.weights) as NamedTensors,
  };
}

function fromRun(run: string, { which, onBroken }: ModelChoice): { path: string; checkpoint: Checkpoint } {
  const folder = join(run, "checkpoints");
  const newest = existsSync(folder) ? newestCheckpoint(folder, onBroken ? { onBroken } : {}) : undefined;
  if (newest === undefined)
    throw new UserError("checkpoint", `${run} is neither a checkpoint nor a run with one`, {
      hint: "give a folder such as runs/train/quickstart-1, or one of its checkpoints/step-...",
    });
  const best = (newest.checkpoint.state.best as { step: number } | null)?.step;
  if (which === "last" || best === undefined || best === newest.checkpoint.step) return newest;
  const path = join(folder, `step-${String(best).padStart(9, "0")}`);
  return { path, checkpoint: readCheckpoint(path) };
}
