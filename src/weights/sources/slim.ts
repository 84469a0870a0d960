// TF-Slim's inception_v1, v2 and v3 (tf_slim/nets); its inception_v2 is BN-Inception.
import { hwio, pointwise, vector } from "../layouts.ts";
import { unitRange } from "../pixels.ts";
import { below, type ForeignNetwork, type Ignorable, type Parts, type Units } from "./source.ts";

const parts: Parts = {
  "conv/kernel": ["{}/weights", hwio],
  "bias/bias": ["{}/biases", vector],
  "batchNorm/gamma": ["{}/BatchNorm/gamma", vector],
  "batchNorm/beta": ["{}/BatchNorm/beta", vector],
  "batchNorm/movingMean": ["{}/BatchNorm/moving_mean", vector],
  "batchNorm/movingVariance": ["{}/BatchNorm/moving_variance", vector],
  "dense/kernel": ["{}/weights", pointwise],
  "dense/bias": ["{}/biases", vector],
};
const separable: Parts = {
  "Conv2d_1a_7x7/depthwise/kernel": ["{}/depthwise_weights", hwio],
  "Conv2d_1a_7x7/conv/kernel": ["{}/pointwise_weights", hwio],
};

const ignored: readonly Ignorable[] = [
  { what: "the count of steps", names: /^global_step$/ },
  { what: "running averages of the weights", names: /\/ExponentialMovingAverage$/ },
  { what: "the optimizer's slots", names: /\/(?:RMSProp|Momentum|Adam|Adagrad|Adadelta|Ftrl)(?:_\d+)?$/ },
  { what: "the optimizer's state", names: /^(?:beta[12]_power|train_op\/.*|.*\/learning_rate)$/ },
];

/** The layers below a block's branches: Branch_0, Branch_1, ... */
const branches = (block: string, scope: string, units: Units): Units =>
  below(block, `${scope}/${block}/Branch_`, units);

const early: Units = {
  b1x1: "0/Conv2d_0a_1x1",
  "b3x3/0": "1/Conv2d_0a_1x1",
  "b3x3/1": "1/Conv2d_0b_3x3",
  "pool/1": "3/Conv2d_0b_1x1",
};
const v1Block: Units = { ...early, "b5x5/0": "2/Conv2d_0a_1x1", "b5x5/1": "2/Conv2d_0b_3x3" };
const v2Block: Units = {
  ...early,
  "b3x3dbl/0": "2/Conv2d_0a_1x1",
  "b3x3dbl/1": "2/Conv2d_0b_3x3",
  "b3x3dbl/2": "2/Conv2d_0c_3x3",
};
const v2Reduction: Units = {
  "b3x3/0": "0/Conv2d_0a_1x1",
  "b3x3/1": "0/Conv2d_1a_3x3",
  "b3x3dbl/0": "1/Conv2d_0a_1x1",
  "b3x3dbl/1": "1/Conv2d_0b_3x3",
  "b3x3dbl/2": "1/Conv2d_1a_3x3",
};

const all = (scope: string, blocks: readonly string[], units: Units): Units =>
  Object.assign({}, ...blocks.map((block) => branches(block, scope, units)));
const stem = (scope: string, ...layers: readonly string[]): Units =>
  Object.fromEntries(layers.map((layer) => [layer, `${scope}/${layer}`]));

const v1 = "InceptionV1";
const v1Units: Units = {
  ...stem(v1, "Conv2d_1a_7x7", "Conv2d_2b_1x1", "Conv2d_2c_3x3"),
  ...all(
    v1,
    ["Mixed_3b", "Mixed_3c", "Mixed_4b", "Mixed_4c", "Mixed_4d", "Mixed_4e", "Mixed_4f", "Mixed_5b", "Mixed_5c"],
    v1Block,
  ),
  "Mixed_5b/b5x5/1": `${v1}/Mixed_5b/Branch_2/Conv2d_0a_3x3`,
  Logits: `${v1}/Logits/Conv2d_0c_1x1`,
};

const v2 = "InceptionV2";
const v2Units: Units = {
  ...stem(v2, "Conv2d_1a_7x7", "Conv2d_2b_1x1", "Conv2d_2c_3x3"),
  ...all(v2, ["Mixed_3b", "Mixed_3c", "Mixed_4b", "Mixed_4c", "Mixed_4d", "Mixed_4e", "Mixed_5b", "Mixed_5c"], v2Block),
  ...all(v2, ["Mixed_4a", "Mixed_5a"], v2Reduction),
  Logits: `${v2}/Logits/Conv2d_1c_1x1`,
};

const v3 = "InceptionV3";
const square: Units = {
  b1x1: "0/Conv2d_0a_1x1",
  "b5x5/0": "1/Conv2d_0a_1x1",
  "b5x5/1": "1/Conv2d_0b_5x5",
  "b3x3dbl/0": "2/Conv2d_0a_1x1",
  "b3x3dbl/1": "2/Conv2d_0b_3x3",
  "b3x3dbl/2": "2/Conv2d_0c_3x3",
  "pool/1": "3/Conv2d_0b_1x1",
};
const factorized: Units = {
  b1x1: "0/Conv2d_0a_1x1",
  "b7x7/0": "1/Conv2d_0a_1x1",
  "b7x7/1": "1/Conv2d_0b_1x7",
  "b7x7/2": "1/Conv2d_0c_7x1",
  "b7x7dbl/0": "2/Conv2d_0a_1x1",
  "b7x7dbl/1": "2/Conv2d_0b_7x1",
  "b7x7dbl/2": "2/Conv2d_0c_1x7",
  "b7x7dbl/3": "2/Conv2d_0d_7x1",
  "b7x7dbl/4": "2/Conv2d_0e_1x7",
  "pool/1": "3/Conv2d_0b_1x1",
};
const expanded: Units = {
  b1x1: "0/Conv2d_0a_1x1",
  "b3x3/0": "1/Conv2d_0a_1x1",
  "b3x3/1/1x3": "1/Conv2d_0b_1x3",
  "b3x3/1/3x1": "1/Conv2d_0c_3x1",
  "b3x3dbl/0": "2/Conv2d_0a_1x1",
  "b3x3dbl/1": "2/Conv2d_0b_3x3",
  "b3x3dbl/2/1x3": "2/Conv2d_0c_1x3",
  "b3x3dbl/2/3x1": "2/Conv2d_0d_3x1",
  "pool/1": "3/Conv2d_0b_1x1",
};
const v3Units: Units = {
  ...stem(v3, "Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3"),
  ...all(v3, ["Mixed_5b", "Mixed_5c", "Mixed_5d"], square),
  "Mixed_5c/b5x5/0": `${v3}/Mixed_5c/Branch_1/Conv2d_0b_1x1`,
  "Mixed_5c/b5x5/1": `${v3}/Mixed_5c/Branch_1/Conv_1_0c_5x5`,
  // Its kernels of 3x3 are called 1x1 here.
  ...branches("Mixed_6a", v3, {
    b3x3: "0/Conv2d_1a_1x1",
    "b3x3dbl/0": "1/Conv2d_0a_1x1",
    "b3x3dbl/1": "1/Conv2d_0b_3x3",
    "b3x3dbl/2": "1/Conv2d_1a_1x1",
  }),
  ...all(v3, ["Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"], factorized),
  ...below("AuxLogits", `${v3}/AuxLogits/`, { Conv2d_1b_1x1: "Conv2d_1b_1x1", Conv2d_2a_5x5: "Conv2d_2a_5x5" }),
  AuxLogits: `${v3}/AuxLogits/Conv2d_2b_1x1`,
  ...branches("Mixed_7a", v3, {
    "b3x3/0": "0/Conv2d_0a_1x1",
    "b3x3/1": "0/Conv2d_1a_3x3",
    "b7x7x3/0": "1/Conv2d_0a_1x1",
    "b7x7x3/1": "1/Conv2d_0b_1x7",
    "b7x7x3/2": "1/Conv2d_0c_7x1",
    "b7x7x3/3": "1/Conv2d_1a_3x3",
  }),
  ...all(v3, ["Mixed_7b", "Mixed_7c"], expanded),
  "Mixed_7b/b3x3/1/3x1": `${v3}/Mixed_7b/Branch_1/Conv2d_0b_3x1`,
  Logits: `${v3}/Logits/Conv2d_1c_1x1`,
};

const common = { source: "slim", parts, ignored } as const;
const pictures = (size: number) => ({ size, preset: "tf", ...unitRange, background: false }) as const;

export const slimNetworks: readonly ForeignNetwork[] = [
  {
    ...common,
    name: "inception_v1",
    units: v1Units,
    network: { name: "googlenet", norm: "batch-offset", wideKernel: 3, lastPool: 2, dropout: 0.2 },
    preprocessing: pictures(224),
  },
  {
    ...common,
    name: "inception_v2",
    units: v2Units,
    parts: { ...parts, ...separable },
    network: { name: "bn-inception", stem: "conv7x7-separable", stemNorm: "bias", bnScale: false, dropout: 0.2 },
    preprocessing: pictures(224),
  },
  {
    ...common,
    name: "inception_v3",
    units: v3Units,
    network: { name: "inception-v3", bnScale: false },
    heads: "bn",
    preprocessing: pictures(299),
  },
];
