// TensorFlow's SavedModel: a folder whose one graph holds the weights, too.
import { join } from "node:path";
import { nodeFs } from "../checkpoint/files.ts";
import { savedModel as bytesOf } from "../graph/saved-model.ts";
import { pixelsPlaces, storages } from "../published/choices.ts";
import type { Form } from "./form.ts";
import { describedIn, describing, graphOf, runGraph, writeFolder } from "./graph.ts";

const graphFile = "saved_model.pb";
/** Where TensorFlow's own tools leave alone what others add. */
const beside = "assets.extra";

export const savedModel: Form = {
  ending: "-saved-model",
  storages,
  pixels: pixelsPlaces,
  hasDemo: false,
  folds: true,
  write(model, path, writing) {
    const { graph, signature } = graphOf(model, writing);
    const described = [...describing(model, writing)].map(([name, bytes]) => [join(beside, name), bytes] as const);
    writeFolder(path, new Map([[graphFile, bytesOf(graph, signature)], ...described]));
    return [];
  },
  open: (path) => runGraph(nodeFs.read(join(path, graphFile)), describedIn(join(path, beside))),
};
