// The keys of an experiment file that change a network's blocks: one for each switch, released values by default.
import { z } from "zod";
import {
  activations,
  blocks8,
  blocks17,
  blocks35,
  mostBlocks,
  reductionGrids,
  reductionPools,
  reductions,
  releasedSwitches,
} from "./switches.ts";

const activation = z.enum(activations);
const blocks = z.int().min(1).max(mostBlocks);

export const switchKeys = {
  reduction: z
    .enum(reductions)
    .default(releasedSwitches.reduction)
    .describe("How grids are halved: pool beside convolutions, pool first (a bottleneck), or convolution first (dear)"),
  reductionAt: z
    .literal(reductionGrids)
    .default(releasedSwitches.reductionAt)
    .describe("Which reductions `reduction` means: both, 35 to 17, or 17 to 8; the other stays parallel"),
  reductionPool: z
    .enum(reductionPools)
    .default(releasedSwitches.reductionPool)
    .describe("The pool in the reductions: maximum or average"),
  factorActivation: activation
    .default(releasedSwitches.factorActivation)
    .describe("After the first convolution of each factorized pair: ReLU, or nothing but batch norm (figure 2)"),
  reduceActivation: activation
    .default(releasedSwitches.reduceActivation)
    .describe("After each 1x1 convolution before a larger one: ReLU, or nothing but batch norm (section 3)"),
  block35: z
    .enum(blocks35)
    .default(releasedSwitches.block35)
    .describe("35 x 35 blocks: released (5x5 kept), figure 5 (3x3), one 5x5 for two 3x3, or all 1xn and nx1"),
  block17: z
    .enum(blocks17)
    .default(releasedSwitches.block17)
    .describe("17 x 17 blocks: 1xn and nx1 pairs with n = 7 (figure 6), 3 or 5, or whole 3x3 or 7x7 convolutions"),
  block8: z
    .enum(blocks8)
    .default(releasedSwitches.block8)
    .describe("8 x 8 blocks: 1x3 beside 3x1 (figure 7), plain 3x3, 3x3 of twice the maps, or 1x3 and 3x1 in turn"),
  nBlocks35: blocks.default(releasedSwitches.nBlocks35).describe("Number of 35 x 35 blocks"),
  nBlocks17: blocks.default(releasedSwitches.nBlocks17).describe("Number of 17 x 17 blocks; Table 1 can be read as 5"),
  nBlocks8: blocks.default(releasedSwitches.nBlocks8).describe("Number of 8 x 8 blocks"),
};
