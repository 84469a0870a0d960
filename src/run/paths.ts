// Where everything lies in a run folder.
import { join } from "node:path";

export type RunPaths = {
  readonly path: string;
  readonly config: string;
  readonly info: string;
  readonly metrics: string;
  readonly table: string;
  readonly rejected: string;
  readonly checkpoints: string;
  /** Features of pictures, while a phase learns from them. */
  readonly features: string;
  /** What races chose for its convolutions. */
  readonly kernels: string;
  readonly lock: string;
};

export const runPaths = (path: string): RunPaths => ({
  path,
  config: join(path, "config.yaml"),
  info: join(path, "run.json"),
  metrics: join(path, "metrics.jsonl"),
  table: join(path, "metrics.csv"),
  rejected: join(path, "rejected.jsonl"),
  checkpoints: join(path, "checkpoints"),
  features: join(path, "features"),
  kernels: join(path, "kernels.json"),
  lock: join(path, ".lock"),
});
