// A first experiment file for photographs that have been looked at: the keys that are changed most, each with its meaning.
import { Document, isCollection, isMap, isPair, parseDocument, type Scalar, visit } from "yaml";
import { descriptionOf } from "./expected.ts";
import type { Experiment } from "./schema.ts";

/** In the file's order. What an experiment has not, such as the other of epochs and steps, is left out. */
const shown = [
  "name",
  "seed",
  "recipe",
  "network.name",
  "network.width",
  "data.train",
  "data.validation",
  "data.size",
  "augment.area",
  "augment.flip",
  "augment.color",
  "augment.mix",
  "train.from",
  "train.headFirst",
  "train.epochs",
  "train.steps",
  "train.batch",
  "train.optimizer",
  "train.learningRate",
  "train.weightDecay",
  "train.labelSmoothing",
  "train.patience",
  "evaluate.preset",
] as const;

/** YAML that reads back to the same experiment, its other keys given by the recipe. `remarks` are its first lines. */
export function starterYaml(experiment: Experiment, remarks: readonly string[]): string {
  const plain = new Document({});
  for (const path of shown.map((key) => key.split("."))) {
    const value = path.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], experiment);
    if (value !== undefined) plain.setIn(path, plain.createNode(value, { aliasDuplicateObjects: false }));
  }
  const document = parseDocument(plain.toString());
  document.commentBefore = remarks.map((line) => ` ${line}`).join("\n");
  visit(document, {
    Pair(_key, { key, value }, above) {
      const path = [...above.flatMap((one) => (isPair(one) ? [String(one.key)] : [])), String(key)];
      if (isMap(value) && path.length === 1) return undefined;
      if (isCollection(value)) value.flow = true;
      (key as Scalar).commentBefore = ` ${meaningOf(path, experiment)}`;
      return visit.SKIP;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** A section's name has the meaning of the section. */
const meaningOf = (path: readonly string[], experiment: Experiment): string | undefined =>
  descriptionOf(path.length > 1 && path.at(-1) === "name" ? path.slice(0, -1) : path, experiment);
