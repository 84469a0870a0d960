// Every switch of a network: plain values, the same in config files, checkpoints and code.
import type { BnInceptionSwitches, GoogLeNetSwitches } from "./early-switches.ts";
import type { Switches } from "./switches.ts";

export const networkNames = ["googlenet", "bn-inception", "inception-v2", "inception-v3"] as const;
export type NetworkName = (typeof networkNames)[number];

/** Stems of arXiv 1512.00567: Table 3's base row, its separable form, the released V3, and Table 1 as printed. */
export const stems = ["conv7x7", "conv7x7-separable", "conv3x3x3", "table1"] as const;
/**
 * Auxiliary head: none, batch norm on its 1x1 convolution only, on its fully connected layer too (the last two rows of
 * Table 3), dropout there in its place, or no batch norm at all (section 4).
 */
export const auxiliaries = ["off", "conv-norm", "bn", "dropout", "no-norm"] as const;

/** Stems of the two networks before: a 7x7 convolution, or its separable form. */
export const earlyStems = ["conv7x7", "conv7x7-separable"] as const;
/** GoogLeNet's two auxiliary heads (arXiv 1409.4842, section 5). */
export const auxiliaryPairs = ["off", "both"] as const;
/** Maps of the pool's branch in the blocks 4c and 4d of BN-Inception, which its table and its output sizes contradict. */
export const projections = [96, 128] as const;

/** Limits of what a file may ask for: its networks are built before their weights are seen. */
export const mostClasses = 100_000;
/** Side of the square input in pixels: a batch of larger pictures alone would take gigabytes. */
export const largestSize = 2048;

export type NetworkOptions = GoogLeNetOptions | BnInceptionOptions | InceptionV3Options;

/** Inception-v2 and v3 (arXiv 1512.00567): one trunk, its switches the released ones where left out. */
export interface InceptionV3Options extends Partial<Switches> {
  readonly name: "inception-v2" | "inception-v3";
  readonly classes: number;
  readonly stem: (typeof stems)[number];
  /** Stride of the first convolution: 2, or 1 for the low-resolution rows of Table 2. */
  readonly stemStride: 1 | 2;
  /** The max pool after the first convolutions; left out in the 79-pixel row of Table 2. */
  readonly stemPool: boolean;
  readonly auxiliary: (typeof auxiliaries)[number];
  /** Width multiplier: every convolution has max(floor(filters * width), 16) filters, made even. */
  readonly width: number;
  /** Whether batch norm has a learned scale (gamma). */
  readonly bnScale: boolean;
  readonly poolDivisor: "valid" | "full";
  /** Share of features dropped before the classifier. */
  readonly dropout: number;
}

/** GoogLeNet (arXiv 1409.4842): the paper's biases and local response norms, where no switch says otherwise. */
export interface GoogLeNetOptions
  extends Pick<InceptionV3Options, "classes" | "stemStride" | "stemPool" | "width" | "dropout">,
    Partial<GoogLeNetSwitches> {
  readonly name: "googlenet";
  readonly stem: (typeof earlyStems)[number];
  readonly auxiliary: (typeof auxiliaryPairs)[number];
  /** Share of features dropped before the classifiers of the auxiliary heads. */
  readonly auxiliaryDropout: number;
}

/** BN-Inception (arXiv 1502.03167, appendix; TF-Slim's inception_v2). */
export interface BnInceptionOptions
  extends Pick<
      InceptionV3Options,
      "classes" | "stemStride" | "stemPool" | "width" | "dropout" | "bnScale" | "poolDivisor"
    >,
    Partial<BnInceptionSwitches> {
  readonly name: "bn-inception";
  readonly stem: (typeof earlyStems)[number];
  readonly poolProj4cd: (typeof projections)[number];
}
