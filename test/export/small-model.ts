// Networks with random weights, as models.
import type { Model } from "../../src/evaluate/model.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { NetworkOptions } from "../../src/network/options.ts";
import { type Preprocessing, preprocessingSchema } from "../../src/network/preprocessing.ts";
import { randomWeights } from "../graph/weights.ts";

export function smallModel(options: NetworkOptions, size: number, pictures: Partial<Preprocessing> = {}): Model {
  const network = buildNetwork(options, size);
  const preprocessing = preprocessingSchema.parse({ size, preset: "torchvision", ...pictures });
  return {
    path: "a model",
    step: 7,
    network,
    options,
    classes: Array.from({ length: options.classes }, (_, i) => `class ${i}`),
    experiment: undefined,
    batch: 8,
    preprocessing,
    size,
    preset: preprocessing.preset,
    kind: "raw",
    weights: randomWeights(network, size),
  };
}
