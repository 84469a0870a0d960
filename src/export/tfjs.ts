// A model of TensorFlow.js: a folder, perhaps with a page. The graph that its files hold is run again by TensorFlow.
import { join } from "node:path";
import { nodeFs } from "../checkpoint/files.ts";
import type { Model } from "../evaluate/model.ts";
import { type PixelsPlace, pixelsPlaces, storages } from "../published/choices.ts";
import { type DemoView, demoOf } from "../tensorflow/demo.ts";
import { tfjsModel, tfjsProgram } from "../tensorflow/tfjs.ts";
import type { Form } from "./form.ts";
import { describedIn, describing, graphOf, runGraph, writeFolder } from "./graph.ts";
import { metadataOf } from "./metadata.ts";

export const tfjs: Form = {
  ending: "-tfjs",
  storages,
  pixels: pixelsPlaces,
  hasDemo: true,
  folds: true,
  write(model, path, writing) {
    const { graph, signature } = graphOf(model, writing);
    const page = writing.demo ? demoOf(viewOf(model, writing.pixels)) : [];
    const files = [...tfjsModel(graph, signature, metadataOf(model, writing)), ...describing(model, writing), ...page];
    writeFolder(path, new Map(files));
    return [];
  },
  open: (path) =>
    runGraph(
      tfjsProgram((name) => nodeFs.read(join(path, name))),
      describedIn(path),
    ),
};

function viewOf({ size, preset, choice = {}, preprocessing }: Model, pixels: PixelsPlace): DemoView {
  const { order, scale, mean, deviation, background } = preprocessing;
  return { size, preset, choice, order, scale, mean, deviation, background, pixels };
}
