// The network that an experiment trains, for the classes of its set.
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { mostClasses, type NetworkOptions } from "../network/options.ts";

/** The experiment's network for this many classes. Throws UserError("data") when the config says another number, and for too many. */
export function networkOptions({ network }: Pick<Experiment, "network">, classes: readonly string[]): NetworkOptions {
  if (network.classes !== undefined && network.classes !== classes.length)
    throw new UserError(
      "data",
      `network.classes is ${network.classes} but the training set has ${classes.length} classes`,
      {
        hint: "leave network.classes out to take the number from the data",
      },
    );
  if (classes.length > mostClasses)
    throw new UserError("data", `the training set has ${classes.length} classes, expected at most ${mostClasses}`);
  return { ...network, classes: classes.length };
}
