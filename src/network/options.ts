// Every switch of a network: plain values, the same in config files, checkpoints and code.
import type { Switches } from "./switches.ts";

export const networkNames = ["inception-v2", "inception-v3"] as const;
export type NetworkName = (typeof networkNames)[number];

/** Stems of arXiv 1512.00567: Table 3's base row, its separable form, the released V3, and Table 1 as printed. */
export const stems = ["conv7x7", "conv7x7-separable", "conv3x3x3", "table1"] as const;
/**
 * Auxiliary head: none, batch norm on its 1x1 convolution only, on its fully connected layer too (the last two rows of
 * Table 3), dropout there in its place, or no batch norm at all (section 4).
 */
export const auxiliaries = ["off", "conv-norm", "bn", "dropout", "no-norm"] as const;

/** Switches left out are the released ones. */
export interface NetworkOptions extends Partial<Switches> {
  readonly name: NetworkName;
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
