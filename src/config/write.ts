// An experiment as the text of a file that reads back to the same experiment.
import { Document, visit } from "yaml";
import { visibleJson, visibleName } from "../visible.ts";
import type { Experiment } from "./schema.ts";

/** YAML with every key written out, in the schema's order; pairs of numbers stay on one line. */
export function toYaml(experiment: Experiment): string {
  const document = new Document(experiment, { aliasDuplicateObjects: false });
  visit(document, {
    Seq: (_key, list) => void Object.assign(list, { flow: true }),
    // Such as a direction mark in a path: double quotes know JSON's escapes.
    Scalar(_key, scalar) {
      const { value } = scalar;
      if (typeof value === "string" && visibleName(value) !== value) scalar.type = "QUOTE_DOUBLE";
    },
  });
  return visibleJson(document.toString({ lineWidth: 0 }));
}
