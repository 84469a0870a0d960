// What an exported model says of itself beside its numbers.
import type { Model } from "../evaluate/model.ts";
import type { OnnxMetadata } from "../onnx/metadata.ts";
import type { Writing } from "./form.ts";

export const metadataOf = (
  {
    classes,
    options,
    preprocessing,
    step,
    kind,
  }: Pick<Model, "classes" | "options" | "preprocessing" | "step" | "kind">,
  { pixels, storage }: Writing,
): OnnxMetadata => ({
  classes: [...classes],
  network: options,
  preprocessing,
  pixels,
  storage,
  step,
  weights: kind,
});
