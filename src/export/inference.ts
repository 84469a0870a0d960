// Our own checkpoint with what inference needs alone: one set of weights, norms folded into kernels.
import { packed } from "../checkpoint/storage.ts";
import { writeCheckpoint } from "../checkpoint/store.ts";
import { type Model, openModel } from "../evaluate/model.ts";
import { evaluatorOf } from "../evaluate/model-evaluator.ts";
import { foldBatchNorm } from "../graph/fold-batch-norm.ts";
import { variables } from "../interpret/parameters.ts";
import { storages } from "../published/choices.ts";
import { runPaths } from "../run/paths.ts";
import type { Form, Writing } from "./form.ts";
import { exactly } from "./parity.ts";
import { pictureByPicture } from "./picture-by-picture.ts";

export const inference: Form = {
  ending: "-inference",
  storages,
  pixels: ["outside"],
  hasDemo: false,
  folds: true,
  write,
  async open(path) {
    const model = openModel(path, { which: "last", raw: false });
    return pictureByPicture(await evaluatorOf(model, { batch: 1, ...exactly }), model.size);
  },
};

/** A folder that other commands take for a run's. */
function write(model: Model, path: string, { storage }: Writing): readonly string[] {
  const { preprocessing, classes, options, experiment, step, kind, chosen = false, size } = model;
  const folding = foldBatchNorm(model.network);
  const folded = folding.weights(model.weights);
  const needed = variables(folding.network, { height: size, width: size, channels: 3 });
  const weights = new Map(needed.map(({ name }) => [name, folded.get(name)!]));
  writeCheckpoint(runPaths(path).checkpoints, {
    step,
    files: { weights: packed(weights, needed, storage) },
    state: {
      network: options,
      preprocessing,
      classes: [...classes],
      folded: { weights: kind, storage, chosen },
      ...(experiment && { experiment }),
    },
  });
  return [];
}
