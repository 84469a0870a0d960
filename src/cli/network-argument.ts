// The `<network|config>` argument: a network by name with its defaults, or the network of an experiment file.
import { existsSync } from "node:fs";
import { shippedConfigs } from "../config/find.ts";
import { loadExperiment, parseExperiment } from "../config/load.ts";
import { nearest } from "../config/nearest.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { checkSize } from "../interpret/fits.ts";
import { type NetworkOptions, networkNames } from "../network/options.ts";
import { surveyOrGuess } from "./experiment.ts";
import { note } from "./print.ts";

export type ChosenNetwork = {
  readonly options: NetworkOptions;
  /** Side of the square input in pixels. */
  readonly size: number;
  readonly batch: number | undefined;
  /** The file's, or for a name that of the defaults. */
  readonly experiment: Experiment;
};

/** ImageNet's, where neither the file nor its pictures say. */
const defaultClasses = 1000;

/** Of the pictures that the file names, where they are there. */
async function classesOf({ data }: Experiment): Promise<number> {
  const { openSource } = await import("../images/sources/source.ts");
  try {
    return (await openSource(data.train)).classes.length;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(`warning: ${error.message}; the network is the one for ${defaultClasses} classes`);
    return defaultClasses;
  }
}

/** The network meant by `argument` with `sets` applied; throws a `usage` UserError where there is none or `size` is too small. */
export async function readNetwork(argument: string, sets: readonly string[], size?: number): Promise<ChosenNetwork> {
  const isName = networkNames.some((name) => name === argument);
  if (!isName) await refuseUnknown(argument);
  const { experiment, warnings } = isName
    ? parseExperiment(`network: { name: ${argument} }\ndata: { train: "." }\n`, argument, sets)
    : await loadExperiment(argument, sets, surveyOrGuess);
  const options = {
    ...experiment.network,
    classes: experiment.network.classes ?? (isName ? defaultClasses : await classesOf(experiment)),
  };
  for (const warning of warnings) note(`warning: ${warning}`);
  const chosen = size ?? experiment.data.size;
  checkSize(options, chosen);
  return { options, size: chosen, batch: isName ? undefined : experiment.train.batch, experiment };
}

async function refuseUnknown(argument: string): Promise<void> {
  if (existsSync(argument)) return;
  const shipped = await shippedConfigs();
  if (shipped.includes(argument)) return;
  throw new UserError(
    "usage",
    `${argument}: no such network, experiment file or shipped config${nearest(argument, [...networkNames, ...shipped])}`,
    {
      hint: `networks: ${networkNames.join(", ")}; shipped configs: ${shipped.join(", ")}`,
    },
  );
}
