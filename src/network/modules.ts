// The Inception blocks of arXiv 1512.00567, with the filters of the released V3.
import { averagePool, chain, concat, maxPool } from "./build.ts";
import type { Layer } from "./layer.ts";
import type { InceptionV3Options } from "./options.ts";
import type { Units } from "./unit.ts";

export type Modules = {
  /** Figure 5 (its 5x5 kept in one branch, as released): 224 + `projection` maps. */
  readonly square: (projection: number) => Layer;
  /** Figure 10, 35 -> 17: 480 maps and the input's. */
  readonly reduceTo17: Layer;
  /** Figure 6, n = 7: 768 maps; `inner` maps between the 1x7 and 7x1 convolutions. */
  readonly factorized: (inner: number) => Layer;
  /** Figure 10, 17 -> 8: 512 maps and the input's. */
  readonly reduceTo8: Layer;
  /** Figure 7, expanded filter banks: 2048 maps. */
  readonly expanded: Layer;
};

const across = [1, 7] as const;
const down = [7, 1] as const;
const halving = { stride: 2, padding: "valid" } as const;
const halve = maxPool(3, halving);

export function modules({ conv }: Units, { poolDivisor }: Pick<InceptionV3Options, "poolDivisor">): Modules {
  const pool = (projection: number) => chain([averagePool(3, { divisor: poolDivisor }), conv(projection, 1)]);
  const fan = () => concat({ "1x3": conv(384, [1, 3]), "3x1": conv(384, [3, 1]) });
  return {
    square: (projection) =>
      concat({
        b1x1: conv(64, 1),
        b5x5: chain([conv(48, 1), conv(64, 5)]),
        b3x3dbl: chain([conv(64, 1), conv(96, 3), conv(96, 3)]),
        pool: pool(projection),
      }),
    reduceTo17: concat({
      b3x3: conv(384, 3, halving),
      b3x3dbl: chain([conv(64, 1), conv(96, 3), conv(96, 3, halving)]),
      pool: halve,
    }),
    factorized: (inner) =>
      concat({
        b1x1: conv(192, 1),
        b7x7: chain([conv(inner, 1), conv(inner, across), conv(192, down)]),
        b7x7dbl: chain([conv(inner, 1), conv(inner, down), conv(inner, across), conv(inner, down), conv(192, across)]),
        pool: pool(192),
      }),
    reduceTo8: concat({
      b3x3: chain([conv(192, 1), conv(320, 3, halving)]),
      b7x7x3: chain([conv(192, 1), conv(192, across), conv(192, down), conv(192, 3, halving)]),
      pool: halve,
    }),
    expanded: concat({
      b1x1: conv(320, 1),
      b3x3: chain([conv(384, 1), fan()]),
      b3x3dbl: chain([conv(448, 1), conv(384, 3), fan()]),
      pool: pool(192),
    }),
  };
}
