// A run as its report reads it: record, experiment, figures, and what its newest checkpoint says of it.
import { existsSync } from "node:fs";
import { nodeFs } from "../checkpoint/files.ts";
import type { CheckpointState } from "../checkpoint/manifest.ts";
import { listCheckpoints } from "../checkpoint/places.ts";
import { readManifest } from "../checkpoint/verified.ts";
import { loadExperiment } from "../config/load.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { type Attempt, type RunInfo, readRunInfo } from "../run/info.ts";
import { runPaths } from "../run/paths.ts";
import { type Log, readLog } from "./log.ts";

export interface ReportedRun {
  readonly path: string;
  readonly info: RunInfo;
  readonly experiment: Experiment;
  readonly log: Log;
  /** Of the newest checkpoint whose manifest can be read; undefined where there is none yet. */
  readonly state: CheckpointState | undefined;
}

export const isRun = (path: string): boolean => existsSync(runPaths(path).info);

/** Throws UserError("data") or ("usage") where record or config cannot be read. */
export async function readRun(path: string): Promise<ReportedRun> {
  const { info, config, metrics, checkpoints } = runPaths(path);
  return {
    path,
    info: readRunInfo(info),
    experiment: (await loadExperiment(config)).experiment,
    log: readLog(metrics),
    state: newestState(checkpoints),
  };
}

function newestState(checkpoints: string): CheckpointState | undefined {
  for (const { path } of listCheckpoints(checkpoints))
    try {
      return readManifest(path, nodeFs).state;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  return undefined;
}

/** The sittings of a run, the first one first. */
export const sittingsOf = ({ resumes, ...first }: RunInfo): readonly Attempt[] => [first, ...resumes];

/** Seconds that its sittings took; those that were killed do not say. */
export const secondsOf = (info: RunInfo): number =>
  sittingsOf(info).reduce(
    (sum, { start, end }) => sum + (end === null ? 0 : (Date.parse(end) - Date.parse(start)) / 1000),
    0,
  );
