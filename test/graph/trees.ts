// Random trees of layers, with batch norms, taps and dropout in odd places, that any map may pass through.
import fc from "fast-check";
import {
  averagePool,
  batchNorm,
  bias,
  chain,
  concat,
  conv,
  dense,
  depthwise,
  dropout,
  globalPool,
  maxPool,
  relu,
  tap,
} from "../../src/network/build.ts";
import type { Layer } from "../../src/network/layer.ts";

const anyNorm = fc.boolean().map((scale) => batchNorm(scale));
const anyStep: fc.Arbitrary<Layer> = fc.oneof(
  { weight: 4, arbitrary: anyNorm },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 2, 4, 6), fc.constantFrom<1 | 3>(1, 3))
      .map(([filters, side]) => conv(filters, side)),
  },
  { weight: 1, arbitrary: fc.constantFrom(1, 2).map((multiplier) => depthwise(multiplier, 3)) },
  { weight: 4, arbitrary: fc.constantFrom(bias, relu, dropout(0.5), maxPool(3)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<"valid" | "full">("valid", "full").map((divisor) => averagePool(3, { divisor })),
  },
);

/** In the order given, under names that say nothing, or whole numbers, or the name that a moved pool takes. */
const anyChain = (parts: fc.Arbitrary<Layer>): fc.Arbitrary<Layer> =>
  fc
    .tuple(fc.array(parts, { maxLength: 5 }), fc.constantFrom("numbers", "letters", "pools"))
    .map(([layers, names]) =>
      names === "numbers"
        ? chain(layers)
        : chain(
            Object.fromEntries(
              layers.map((layer, i) => [
                names === "pools" && i > 0 ? `averagePool${i > 1 ? `_${i}` : ""}` : `l${i}`,
                layer,
              ]),
            ),
          ),
    );

const { whole } = fc.letrec<{ part: Layer; whole: Layer }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: anyStep },
    { weight: 2, arbitrary: tie("whole") },
    { weight: 2, arbitrary: fc.tuple(tie("whole"), tie("whole")).map(([a, b]) => concat({ a, b })) },
    { weight: 1, arbitrary: tie("whole").map((head) => tap(chain({ head, pool: globalPool, dense: dense(3) }))) },
  ),
  whole: anyChain(tie("part")),
}));

/** Ends in five classes; the norm, where there is one, stands between pool and dense layer, on maps of 1x1. */
export const anyTree: fc.Arbitrary<Layer> = fc
  .tuple(whole, fc.option(anyNorm, { nil: undefined }), fc.boolean())
  .map(([body, norm, pooled]) =>
    chain({ body, ...(pooled ? { pool: globalPool } : {}), ...(norm ? { norm } : {}), dense: dense(5) }),
  );
