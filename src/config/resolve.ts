// Fills in what depends on other keys or on where the file lies.
import { existsSync } from "node:fs";
import { resolve as absolute, dirname } from "node:path";
import type { Experiment } from "./schema.ts";

export const defaultEpochs = 10;

/** An experiment with a length, and with absolute data paths: beside the file where they exist, else from `cwd`. */
export function resolveExperiment(experiment: Experiment, file: string, cwd: string = process.cwd()): Experiment {
  const place = (path: string): string => {
    const beside = absolute(dirname(absolute(cwd, file)), path);
    return existsSync(beside) ? beside : absolute(cwd, path);
  };
  const { train, data } = experiment;
  const lengthless = train.epochs === undefined && train.steps === undefined;
  return {
    ...experiment,
    data: {
      ...data,
      train: place(data.train),
      validation: typeof data.validation === "string" ? place(data.validation) : data.validation,
    },
    train: lengthless ? { epochs: defaultEpochs, ...train } : train,
  };
}
