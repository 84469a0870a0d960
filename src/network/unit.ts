// The unit every Inception network is made of: convolution, batch norm, ReLU; with the width multiplier applied.
import { batchNorm, bias, chain, conv, depthwise, relu, type WindowOptions } from "./build.ts";
import type { Children, Initial, Layer, Size } from "./layer.ts";
import type { InceptionV3Options } from "./options.ts";

type UnitOptions = WindowOptions & { initial?: Initial };

/** Convolution -> batch norm -> ReLU, keeping the grid unless told otherwise. */
export type Unit = (filters: number, kernel: number | Size, options?: UnitOptions) => Layer;

export type Units = {
  /** With batch norm, without bias. */
  readonly conv: Unit;
  /** With batch norm, without ReLU. */
  readonly linear: Unit;
  /** With bias, without batch norm. */
  readonly biased: Unit;
  /** One filter bank for each input channel, then a 1x1 convolution; batch norm and ReLU at the end only. */
  readonly separable: Separable;
  /** The same with bias, without batch norm. */
  readonly biasedSeparable: Separable;
};
type Separable = (multiplier: number, ...unit: Parameters<Unit>) => Layer;

/** The units of a network, `options.width` times as wide as written and with batch norm as `options.bnScale` says. */
export function units(options: Pick<InceptionV3Options, "width" | "bnScale">): Units {
  const normalized = { batchNorm: batchNorm(options.bnScale), relu };
  const biased = { bias, relu };
  const wide = (filters: number) => widen(filters, options.width);
  const separable =
    (after: Children): Separable =>
    (multiplier, filters, kernel, rest) =>
      chain({ depthwise: depthwise(multiplier, kernel, rest), conv: conv(wide(filters), 1), ...after });
  return {
    conv: (filters, kernel, rest) => chain({ conv: conv(wide(filters), kernel, rest), ...normalized }),
    linear: (filters, kernel, rest) =>
      chain({ conv: conv(wide(filters), kernel, rest), batchNorm: normalized.batchNorm }),
    biased: (filters, kernel, rest) => chain({ conv: conv(wide(filters), kernel, rest), ...biased }),
    separable: separable(normalized),
    biasedSeparable: separable(biased),
  };
}

/** TF-Slim's rule, max(floor(filters * width), 16), then up to the next even number. */
export function widen(filters: number, width: number): number {
  const wide = Math.max(Math.floor(filters * width), 16);
  return wide + (wide % 2);
}
