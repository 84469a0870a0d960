// GoogLeNet of torchvision (torchvision/models/googlenet.py), and of Caffe (models/bvlc_googlenet).
import { flattened, oihw, outIn, vector } from "../layouts.ts";
import { meanSubtracted, unitRange } from "../pixels.ts";
import { below, type ForeignNetwork, type Parts, type Units } from "./source.ts";
import { torchExtras, torchParts, unwrapped } from "./torch.ts";

/** Our blocks, and what the paper and both programs call them. */
const blocks = {
  Mixed_3b: "3a",
  Mixed_3c: "3b",
  Mixed_4b: "4a",
  Mixed_4c: "4b",
  Mixed_4d: "4c",
  Mixed_4e: "4d",
  Mixed_4f: "4e",
  Mixed_5b: "5a",
  Mixed_5c: "5b",
};

const inBlocks = (prefix: (block: string) => string, units: Units): Units =>
  Object.assign({}, ...Object.entries(blocks).map(([ours, theirs]) => below(ours, prefix(theirs), units)));

const torchvisionUnits: Units = {
  Conv2d_1a_7x7: "conv1",
  Conv2d_2b_1x1: "conv2",
  Conv2d_2c_3x3: "conv3",
  ...inBlocks((block) => `inception${block}.`, {
    b1x1: "branch1",
    "b3x3/0": "branch2.0",
    "b3x3/1": "branch2.1",
    "b5x5/0": "branch3.0",
    "b5x5/1": "branch3.1",
    "pool/1": "branch4.1",
  }),
  ...below("AuxLogits_4b", "aux1.", { Conv2d_1b_1x1: "conv", Conv2d_2a_4x4: "fc1", Logits: "fc2" }),
  ...below("AuxLogits_4e", "aux2.", { Conv2d_1b_1x1: "conv", Conv2d_2a_4x4: "fc1", Logits: "fc2" }),
  Logits: "fc",
};

const torchvision: ForeignNetwork = {
  source: "torchvision",
  name: "googlenet",
  units: torchvisionUnits,
  parts: torchParts,
  network: {
    name: "googlenet",
    norm: "batch",
    wideKernel: 3,
    lastPool: 2,
    padding: "symmetric",
    auxiliaryPool: "adaptive",
    dropout: 0.2,
  },
  heads: "both",
  // As for its inception_v3: the weights are TensorFlow's, and `transform_input` makes its range.
  preprocessing: { size: 224, preset: "torchvision", ...unitRange, background: false },
  ignored: torchExtras,
  canonical: unwrapped,
};

const caffeUnits: Units = {
  Conv2d_1a_7x7: "conv1/7x7_s2",
  Conv2d_2b_1x1: "conv2/3x3_reduce",
  Conv2d_2c_3x3: "conv2/3x3",
  ...inBlocks((block) => `inception_${block}/`, {
    b1x1: "1x1",
    "b3x3/0": "3x3_reduce",
    "b3x3/1": "3x3",
    "b5x5/0": "5x5_reduce",
    "b5x5/1": "5x5",
    "pool/1": "pool_proj",
  }),
  ...below("AuxLogits_4b", "loss1/", { Conv2d_1b_1x1: "conv", Conv2d_2a_4x4: "fc", Logits: "classifier" }),
  ...below("AuxLogits_4e", "loss2/", { Conv2d_1b_1x1: "conv", Conv2d_2a_4x4: "fc", Logits: "classifier" }),
  Logits: "loss3/classifier",
};

/** A layer's blobs, numbered. */
const caffeParts: Parts = {
  "conv/kernel": ["{}/0", oihw],
  "bias/bias": ["{}/1", vector],
  "dense/kernel": ["{}/0", outIn],
  "dense/bias": ["{}/1", vector],
  "Conv2d_2a_4x4/conv/kernel": ["{}/0", flattened],
};

const caffe: ForeignNetwork = {
  source: "caffe",
  name: "bvlc_googlenet",
  units: caffeUnits,
  parts: caffeParts,
  network: { name: "googlenet", padding: "symmetric" },
  heads: "both",
  preprocessing: { size: 224, preset: "torchvision", ...meanSubtracted, background: false },
  ignored: [],
};

export const googLeNets = [torchvision, caffe] as const;
