// How PyTorch's modules name and lay out their tensors.
import { flattened, oihw, outIn, vector } from "../layouts.ts";
import type { Ignorable, Parts } from "./source.ts";

export const torchParts: Parts = {
  "conv/kernel": ["{}.conv.weight", oihw],
  "batchNorm/gamma": ["{}.bn.weight", vector],
  "batchNorm/beta": ["{}.bn.bias", vector],
  "batchNorm/movingMean": ["{}.bn.running_mean", vector],
  "batchNorm/movingVariance": ["{}.bn.running_var", vector],
  "dense/kernel": ["{}.weight", outIn],
  "dense/bias": ["{}.bias", vector],
  // GoogLeNet's auxiliary heads have a fully connected layer, with us a convolution.
  "Conv2d_2a_4x4/conv/kernel": ["{}.weight", flattened],
  "Conv2d_2a_4x4/bias/bias": ["{}.bias", vector],
};

export const torchExtras: readonly Ignorable[] = [
  { what: "batch norm's counters of batches", names: /\.num_batches_tracked$/ },
];

/** What a training script wraps a network in stands before every name. */
const wrappers = /^(?:(?:module|model|state_dict|_orig_mod|backbone)\.)+/;

export const unwrapped = (names: readonly string[]): ReadonlyMap<string, string> =>
  new Map(names.map((name) => [name, name.replace(wrappers, "")]));
