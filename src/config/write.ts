// An experiment as the text of a file that reads back to the same experiment.
import { stringify } from "yaml";
import type { Experiment } from "./schema.ts";

/** YAML with every key written out; pairs of numbers stay on one line. */
export const toYaml = (experiment: Experiment): string =>
  stringify(experiment, { aliasDuplicateObjects: false, lineWidth: 0, collectionStyle: "any" });
