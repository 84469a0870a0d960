// A stored result for tests, made of rows of probabilities.
import type { EvaluationScores, Saved } from "../../src/evaluate/saved.ts";
import { scoresOf } from "../statistics/scores.ts";

/** Of a single model; models with the same digest are taken for the same. */
export const protocolOf = (digest: string): Saved["protocol"] => ({
  crops: "single",
  average: "probabilities",
  models: [
    {
      path: "runs/train/a-1/checkpoints/step-000000005",
      step: 5,
      weights: "average",
      network: "inception-v3",
      size: 48,
      precision: "float32",
      resize: "short side to 55",
      digest,
    },
  ],
});
export const protocol = protocolOf("a");

export const savedOf = (
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  more: Partial<Saved> = {},
): EvaluationScores => ({
  ...scoresOf(rows, labels),
  fingerprint: "f00d",
  listed: rows.length,
  rejected: [],
  protocol,
  ...more,
});

/** Six pictures in three classes, two of each: the second and the last are wrong. */
export const rows = [
  [0.7, 0.2, 0.1],
  [0.1, 0.2, 0.7],
  [0.4, 0.5, 0.1],
  [0.1, 0.8, 0.1],
  [0.2, 0.3, 0.5],
  [0.6, 0.3, 0.1],
];
export const labels = [0, 0, 1, 1, 2, 2];

/** What an evaluation leaves in its folder. */
export const resultFiles = [
  "confusion.csv",
  "confusion.svg",
  "index.json",
  "logits.safetensors",
  "mistakes.csv",
  "pr.csv",
  "pr.svg",
  "predictions.jsonl",
  "reliability.svg",
  "risk-coverage.csv",
  "risk-coverage.svg",
  "roc.csv",
  "roc.svg",
  "summary.json",
];
