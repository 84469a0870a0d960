// Weights as another program names them: a .safetensors file, run again as the network that this program has.
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { encode } from "../checkpoint/safetensors.ts";
import { UserError } from "../errors.ts";
import { type Model, networkOf } from "../evaluate/model.ts";
import { evaluatorOf } from "../evaluate/model-evaluator.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { ExportFormat } from "../published/choices.ts";
import { type Exported, exportWeights } from "../weights/export.ts";
import { importWeights } from "../weights/import.ts";
import type { Form } from "./form.ts";
import { exactly } from "./parity.ts";
import { pictureByPicture } from "./picture-by-picture.ts";

export const foreign = (format: ExportFormat): Form => ({
  ending: `-${format}.safetensors`,
  storages: ["float32"],
  pixels: ["outside"],
  hasDemo: false,
  folds: false,
  write(model, path) {
    const { tensors, warnings } = exported(model, format);
    replaceDurably(nodeFs, path, encode(tensors, { format: format === "keras" ? "tf" : "pt" }));
    return warnings;
  },
  async open(path, model) {
    const { size, classes } = model;
    const { checkpoint } = await importWeights(path, {
      source: format,
      network: model.options.name,
      size,
      labels: classes,
    });
    const { network: options } = checkpoint.state;
    const weights = checkpoint.files.weights as NamedTensors;
    const theirs: Model = { ...model, network: networkOf({ options }, size), options, weights };
    return pictureByPicture(await evaluatorOf(theirs, { batch: 1, ...exactly }), size);
  },
});

/** Throws UserError("usage") where that program has no such network, or norms are folded away. */
function exported({ options, size, weights, folded, path }: Model, format: ExportFormat): Exported {
  if (!folded) return exportWeights(options, size, weights, format);
  throw new UserError("usage", `${path} is a model for inference, and ${format} names batch norms, too`, {
    hint: "export from the run or the checkpoint that it was made of",
  });
}
