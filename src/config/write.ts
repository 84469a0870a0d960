// An experiment as the text of a file that reads back to the same experiment.
import { stringify } from "yaml";
import type { Experiment } from "./schema.ts";

/** YAML with every key written out, and no anchors: `load` refuses them. */
export const toYaml = (experiment: Experiment): string =>
  stringify(experiment, { aliasDuplicateObjects: false, lineWidth: 0 });
