// The classifier, and the auxiliary classifier that helps training (arXiv 1512.00567, section 4).
import { averagePool, chain, dense, dropout, globalPool } from "./build.ts";
import { slide } from "./grid.ts";
import type { Layer } from "./layer.ts";
import type { InceptionV3Options } from "./options.ts";
import type { Units } from "./unit.ts";

// Truncated normals of the released networks: nearly uniform probabilities at the start.
const logitDeviation = 0.001;
const hiddenDeviation = 0.01;

/** Average over the whole grid, dropout, one dense layer. */
export const classifier = (options: Pick<InceptionV3Options, "classes" | "dropout">): Layer =>
  chain({ pool: globalPool, dropout: dropout(options.dropout), dense: dense(options.classes, logitDeviation) });

/**
 * The head beside the 17 x 17 grid: 5x5/3 average pool, 1x1 convolution, a 5x5 convolution that covers its whole grid,
 * and a dense layer. `grid` is the side of the map it reads: on maps smaller than 17 the pool and the convolution
 * shrink with it, on larger ones the convolution's output is averaged.
 */
export function auxiliaryHead(options: InceptionV3Options & { auxiliary: Head }, units: Units, grid: number): Layer {
  const pool = Math.min(5, grid);
  const window = { stride: Math.min(3, grid), padding: "valid" } as const;
  const kernel = Math.min(5, slide(grid, pool, window));
  const { projection, connected, dropped } = kinds[options.auxiliary];
  return chain({
    AvgPool_1a_5x5: averagePool(pool, { ...window, divisor: options.poolDivisor }),
    Conv2d_1b_1x1: units[projection](128, 1),
    Conv2d_2a_5x5: units[connected](768, kernel, { padding: "valid", initial: hiddenDeviation }),
    pool: globalPool,
    ...(dropped > 0 ? { dropout: dropout(dropped) } : {}),
    dense: dense(options.classes, logitDeviation),
  });
}

type Head = Exclude<InceptionV3Options["auxiliary"], "off">;
type Kind = {
  /** The 1x1 convolution. */
  readonly projection: "conv" | "biased";
  /** The 5x5 convolution: the head's fully connected layer. */
  readonly connected: "conv" | "biased";
  /** Share of its features dropped. */
  readonly dropped: number;
};

/** GoogLeNet's share in its auxiliary heads (arXiv 1409.4842, section 5). */
const googLeNetDropout = 0.7;

const kinds: Record<Head, Kind> = {
  "no-norm": { projection: "biased", connected: "biased", dropped: 0 },
  "conv-norm": { projection: "conv", connected: "biased", dropped: 0 },
  bn: { projection: "conv", connected: "conv", dropped: 0 },
  dropout: { projection: "conv", connected: "biased", dropped: googLeNetDropout },
};
