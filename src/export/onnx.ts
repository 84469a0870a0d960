// ONNX: one file, run by onnxruntime.
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { openOnnxFile } from "../onnx/file.ts";
import { onnxModel } from "../onnx/model.ts";
import { pixelsPlaces, storages } from "../published/choices.ts";
import { threads } from "../runtime/threads.ts";
import type { Form } from "./form.ts";

export const onnx: Form = {
  ending: ".onnx",
  storages,
  pixels: pixelsPlaces,
  write({ network, options, weights, classes, preprocessing, step, kind }, path, { storage, pixels }) {
    const metadata = { classes: [...classes], network: options, preprocessing, pixels, storage, step, weights: kind };
    replaceDurably(nodeFs, path, onnxModel(network, weights, metadata));
  },
  open: (path) => openOnnxFile(path, threads()),
};
