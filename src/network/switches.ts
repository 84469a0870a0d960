// The switches of the Inception blocks: what arXiv 1512.00567 argues for, against what it argues against.

/** How a grid is halved (section 5): pool and strided convolutions side by side, or one after the other. */
export const reductions = ["parallel", "pool-conv", "conv-pool"] as const;
/** Which of the two reductions `reduction` means, by the side of the grid it halves at 299 pixels. */
export const reductionGrids = ["both", 35, 17] as const;
export const reductionPools = ["max", "avg"] as const;
export const activations = ["relu", "linear"] as const;
/**
 * The 35 x 35 blocks: as released (a 5x5 beside two 3x3), as drawn in figure 5 (a 3x3 beside two 3x3), with their 5x5
 * whole (figure 4), or with every larger convolution as 1xn and nx1.
 */
export const blocks35 = ["v3", "fig5", "unfactorized", "asymmetric"] as const;
/** The 17 x 17 blocks: convolutions factorized into 1xn and nx1 (figure 6), or whole n x n ones. */
export const blocks17 = ["asym7", "asym3", "asym5", "dense3", "dense7"] as const;
/**
 * The 8 x 8 blocks: outputs expanded by 1x3 beside 3x1 (figure 7), a plain 3x3 of as many maps as one of the two, a wide
 * one of as many as both, or a plain block with every 3x3 as 1x3 and 3x1.
 */
export const blocks8 = ["expanded", "plain", "wide", "asymmetric"] as const;

/** Most blocks of a stage: their names end in a letter. */
export const mostBlocks = 20;

export interface Switches {
  readonly reduction: (typeof reductions)[number];
  readonly reductionAt: (typeof reductionGrids)[number];
  readonly reductionPool: (typeof reductionPools)[number];
  /** After the first convolution of each pair that stands for a larger one, in blocks that keep the grid (figure 2). */
  readonly factorActivation: (typeof activations)[number];
  /** After the 1x1 convolutions that make maps fewer before a larger convolution. */
  readonly reduceActivation: (typeof activations)[number];
  readonly block35: (typeof blocks35)[number];
  readonly block17: (typeof blocks17)[number];
  readonly block8: (typeof blocks8)[number];
  /** How many blocks each stage has, reductions not counted. */
  readonly nBlocks35: number;
  readonly nBlocks17: number;
  readonly nBlocks8: number;
}

/** Those of the released Inception-v3, which Inception-v2 shares. */
export const releasedSwitches: Switches = {
  reduction: "parallel",
  reductionAt: "both",
  reductionPool: "max",
  factorActivation: "relu",
  reduceActivation: "relu",
  block35: "v3",
  block17: "asym7",
  block8: "expanded",
  nBlocks35: 3,
  nBlocks17: 4,
  nBlocks8: 2,
};

/** The released switches where `options` says nothing. */
export const switchesOf = (options: Partial<Switches>): Switches => ({ ...releasedSwitches, ...options });

/** Whether every switch has the released value. */
export function isReleased(options: Partial<Switches>): boolean {
  const switches = switchesOf(options);
  return (Object.keys(releasedSwitches) as (keyof Switches)[]).every((key) => switches[key] === releasedSwitches[key]);
}
