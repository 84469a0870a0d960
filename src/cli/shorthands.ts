// Options of the commonest keys, by the names that trainers share.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Setting } from "../config/origins.ts";
import { set } from "./experiment.ts";
import { text } from "./options.ts";

const keys = {
  epochs: "train.epochs",
  batch: "train.batch",
  lr: "train.learningRate",
  size: "data.size",
  from: "train.from",
  data: "data.train",
} as const;

/** Options that name a place, which is one from here, wherever the experiment's file lies. */
const places: ReadonlySet<string> = new Set(["from", "data"]);

/** `--set`, and what stands for some of it. */
export const changes = {
  set,
  epochs: text("<n>", "passes over the training pictures (train.epochs)"),
  batch: text("<n>", "pictures in a step (train.batch)"),
  lr: text("<rate>", "full learning rate (train.learningRate)"),
  size: text("<pixels>", "height and width of the network's input (data.size)"),
  from: text("<weights>", "start from a run, a checkpoint or imported weights (train.from)", { conflicts: ["resume"] }),
};

/** What of a command's options says which experiment. */
export type Changes = { readonly set: readonly string[] } & { readonly [K in keyof typeof keys]?: string };

/** What the options say, as settings that end in the option's name. */
export function settings(given: Changes): Setting[] {
  const short = Object.entries(keys).flatMap(([name, key]): Setting[] => {
    const value = given[name as keyof typeof keys];
    if (value === undefined) return [];
    const meant = places.has(name) ? JSON.stringify(existsSync(value) ? resolve(value) : value) : value;
    return [{ text: `${key}=${meant}`, origin: { text: `--${name}`, offset: Number.POSITIVE_INFINITY } }];
  });
  return [...given.set, ...short];
}
