// A stored result for tests, made of rows of probabilities.
import type { Saved } from "../../src/evaluate/saved.ts";
import { scoresOf } from "../statistics/scores.ts";

export const protocol: Saved["protocol"] = {
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
    },
  ],
};

export const savedOf = (
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  more: Partial<Saved> = {},
): Omit<Saved, "path"> => ({
  ...scoresOf(rows, labels),
  fingerprint: "f00d",
  listed: rows.length,
  rejected: [],
  protocol,
  ...more,
});

/** What an evaluation leaves in its folder. */
export const resultFiles = [
  "confusion.csv",
  "confusion.svg",
  "index.json",
  "mistakes.csv",
  "predictions.jsonl",
  "probabilities.safetensors",
  "reliability.svg",
  "summary.json",
];
