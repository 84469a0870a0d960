// ONNX: one file, run by onnxruntime.
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { openOnnxFile } from "../onnx/file.ts";
import { onnxModel } from "../onnx/model.ts";
import { pixelsPlaces, storages } from "../published/choices.ts";
import { threads } from "../runtime/threads.ts";
import type { Form } from "./form.ts";
import { metadataOf } from "./metadata.ts";

export const onnx: Form = {
  ending: ".onnx",
  storages,
  pixels: pixelsPlaces,
  hasDemo: false,
  folds: true,
  write(model, path, writing) {
    replaceDurably(nodeFs, path, onnxModel(model.network, model.weights, metadataOf(model, writing)));
    return [];
  },
  open: (path) => openOnnxFile(path, threads()),
};
