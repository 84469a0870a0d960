// The switches of GoogLeNet and BN-Inception: how the implementations that people have weights of differ from the papers.

/**
 * After convolutions: a bias, and two local response norms in the stem (the paper); or batch norm (torchvision), perhaps
 * with a learned offset alone (TF-Slim).
 */
export const googLeNetNorms = ["response", "batch", "batch-offset"] as const;
/** Side of the larger kernel of each block: the paper's, or that of TF-Slim and torchvision. */
export const wideKernels = [5, 3] as const;
/** Window of the last max pool: the paper's, or that of TF-Slim and torchvision. */
export const lastPools = [3, 2] as const;
/**
 * Around strided windows: as few zeros as TensorFlow's `same` takes, or as many before as after, where pools round up
 * (Caffe, torchvision).
 */
export const earlyPaddings = ["same", "symmetric"] as const;
/** First in an auxiliary head: the paper's 5x5/3, or averages over a grid of 4x4 (torchvision). */
export const auxiliaryPools = ["window", "adaptive"] as const;
/** After BN-Inception's first layer: batch norm, or a bias (TF-Slim's inception_v2). */
export const stemNorms = ["batch", "bias"] as const;

export interface GoogLeNetSwitches {
  readonly norm: (typeof googLeNetNorms)[number];
  readonly wideKernel: (typeof wideKernels)[number];
  readonly lastPool: (typeof lastPools)[number];
  readonly padding: (typeof earlyPaddings)[number];
  readonly auxiliaryPool: (typeof auxiliaryPools)[number];
}

/** Those of arXiv 1409.4842, in TensorFlow's padding. */
export const paperGoogLeNet: GoogLeNetSwitches = {
  norm: "response",
  wideKernel: 5,
  lastPool: 3,
  padding: "same",
  auxiliaryPool: "window",
};

export interface BnInceptionSwitches {
  readonly stemNorm: (typeof stemNorms)[number];
}

/** That of arXiv 1502.03167. */
export const paperBnInception: BnInceptionSwitches = { stemNorm: "batch" };
