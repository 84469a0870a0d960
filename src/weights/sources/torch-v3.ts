// Inception-v3 of torchvision and of timm, which have the same names (torchvision/models/inception.py).
import { unitRange } from "../pixels.ts";
import { below, type ForeignNetwork, type Units } from "./source.ts";
import { torchExtras, torchParts, unwrapped } from "./torch.ts";

const square: Units = {
  b1x1: "branch1x1",
  "b5x5/0": "branch5x5_1",
  "b5x5/1": "branch5x5_2",
  "b3x3dbl/0": "branch3x3dbl_1",
  "b3x3dbl/1": "branch3x3dbl_2",
  "b3x3dbl/2": "branch3x3dbl_3",
  "pool/1": "branch_pool",
};
const factorized: Units = {
  b1x1: "branch1x1",
  "b7x7/0": "branch7x7_1",
  "b7x7/1": "branch7x7_2",
  "b7x7/2": "branch7x7_3",
  "b7x7dbl/0": "branch7x7dbl_1",
  "b7x7dbl/1": "branch7x7dbl_2",
  "b7x7dbl/2": "branch7x7dbl_3",
  "b7x7dbl/3": "branch7x7dbl_4",
  "b7x7dbl/4": "branch7x7dbl_5",
  "pool/1": "branch_pool",
};
const expanded: Units = {
  b1x1: "branch1x1",
  "b3x3/0": "branch3x3_1",
  "b3x3/1/1x3": "branch3x3_2a",
  "b3x3/1/3x1": "branch3x3_2b",
  "b3x3dbl/0": "branch3x3dbl_1",
  "b3x3dbl/1": "branch3x3dbl_2",
  "b3x3dbl/2/1x3": "branch3x3dbl_3a",
  "b3x3dbl/2/3x1": "branch3x3dbl_3b",
  "pool/1": "branch_pool",
};
const sameName = (block: string, units: Units): Units => below(block, `${block}.`, units);

const units: Units = {
  Conv2d_1a_3x3: "Conv2d_1a_3x3",
  Conv2d_2a_3x3: "Conv2d_2a_3x3",
  Conv2d_2b_3x3: "Conv2d_2b_3x3",
  Conv2d_3b_1x1: "Conv2d_3b_1x1",
  Conv2d_4a_3x3: "Conv2d_4a_3x3",
  ...sameName("Mixed_5b", square),
  ...sameName("Mixed_5c", square),
  ...sameName("Mixed_5d", square),
  ...sameName("Mixed_6a", {
    b3x3: "branch3x3",
    "b3x3dbl/0": "branch3x3dbl_1",
    "b3x3dbl/1": "branch3x3dbl_2",
    "b3x3dbl/2": "branch3x3dbl_3",
  }),
  ...sameName("Mixed_6b", factorized),
  ...sameName("Mixed_6c", factorized),
  ...sameName("Mixed_6d", factorized),
  ...sameName("Mixed_6e", factorized),
  "AuxLogits/Conv2d_1b_1x1": "AuxLogits.conv0",
  "AuxLogits/Conv2d_2a_5x5": "AuxLogits.conv1",
  AuxLogits: "AuxLogits.fc",
  ...sameName("Mixed_7a", {
    "b3x3/0": "branch3x3_1",
    "b3x3/1": "branch3x3_2",
    "b7x7x3/0": "branch7x7x3_1",
    "b7x7x3/1": "branch7x7x3_2",
    "b7x7x3/2": "branch7x7x3_3",
    "b7x7x3/3": "branch7x7x3_4",
  }),
  ...sameName("Mixed_7b", expanded),
  ...sameName("Mixed_7c", expanded),
  Logits: "fc",
};

const torchvision: ForeignNetwork = {
  source: "torchvision",
  name: "inception_v3",
  units,
  parts: torchParts,
  network: { name: "inception-v3", poolDivisor: "full", dropout: 0.5 },
  heads: "bn",
  // Its published weights are TensorFlow's: `transform_input` takes ImageNet's mean and deviation back to [-1, 1].
  preprocessing: { size: 299, preset: "torchvision", ...unitRange, background: false },
  ignored: torchExtras,
  canonical: unwrapped,
};

const timm: ForeignNetwork = {
  ...torchvision,
  source: "timm",
  network: { name: "inception-v3", poolDivisor: "full", dropout: 0 },
  preprocessing: { size: 299, preset: "timm", ...unitRange, background: false },
};

export const torchV3 = [torchvision, timm] as const;
