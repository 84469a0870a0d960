// Every network the project knows, from its options.
import { chain, tap } from "./build.ts";
import { gridAfter } from "./grid.ts";
import { auxiliaryHead, classifier } from "./heads.ts";
import type { Children, Layer } from "./layer.ts";
import { modules } from "./modules.ts";
import type { NetworkOptions } from "./options.ts";
import { stem } from "./stems.ts";
import { units } from "./unit.ts";

/** Side of the grid the auxiliary head was designed for. */
const canonicalGrid = 17;

/**
 * The network as a tree, its layers named as in TF-Slim. Inception-v2 and v3 (arXiv 1512.00567) are one trunk: the rows
 * of Table 3 differ in the stem and in the auxiliary head, which the options name.
 *
 * `size` is the side of the square input in pixels. Only the auxiliary head depends on it, and only below 299 pixels
 * (or what corresponds to them), where its pool and its convolution no longer fit; left out, the head is the paper's.
 */
export function buildNetwork(options: NetworkOptions, size?: number): Layer {
  const unit = units(options);
  const body = trunk(options);
  const grid = size === undefined ? canonicalGrid : Math.max(1, gridAfter(chain(body.toAuxiliary), size));
  return chain({
    ...body.toAuxiliary,
    ...(options.auxiliary === "off" ? {} : { AuxLogits: tap(auxiliaryHead(options, unit, grid)) }),
    ...body.rest,
    Logits: classifier(options),
  });
}

function trunk(options: NetworkOptions): { toAuxiliary: Children; rest: Children } {
  const unit = units(options);
  const { square, reduceTo17, factorized, reduceTo8, expanded } = modules(unit, options);
  return {
    toAuxiliary: {
      ...stem(options, unit),
      // Table 1's stem already has the 288 maps that the blocks keep.
      Mixed_5b: square(options.stem === "table1" ? 64 : 32),
      Mixed_5c: square(64),
      Mixed_5d: square(64),
      Mixed_6a: reduceTo17,
      Mixed_6b: factorized(128),
      Mixed_6c: factorized(160),
      Mixed_6d: factorized(160),
      Mixed_6e: factorized(192),
    },
    rest: { Mixed_7a: reduceTo8, Mixed_7b: expanded, Mixed_7c: expanded },
  };
}
