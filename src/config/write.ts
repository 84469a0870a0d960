// An experiment as the text of a file that reads back to the same experiment.
import { Document, visit } from "yaml";
import type { Experiment } from "./schema.ts";

/** YAML with every key written out, in the schema's order; pairs of numbers stay on one line. */
export function toYaml(experiment: Experiment): string {
  const document = new Document(experiment, { aliasDuplicateObjects: false });
  visit(document, { Seq: (_key, list) => void Object.assign(list, { flow: true }) });
  return document.toString({ lineWidth: 0 });
}
