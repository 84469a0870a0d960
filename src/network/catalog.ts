// Every network the project knows, from its options.

import { bnInception } from "./bn-inception.ts";
import { chain, tap } from "./build.ts";
import { googLeNet } from "./googlenet.ts";
import { gridAfter } from "./grid.ts";
import { auxiliaryHead, classifier } from "./heads.ts";
import type { Children, Layer } from "./layer.ts";
import { modules } from "./modules.ts";
import type { InceptionV3Options, NetworkOptions } from "./options.ts";
import { stem } from "./stems.ts";
import { units } from "./unit.ts";

/**
 * The network as a tree, its layers named as in TF-Slim. `size` is the side of the square input in pixels; it matters to
 * auxiliary heads only, which are the papers' where it is left out.
 */
export function buildNetwork(options: NetworkOptions, size?: number): Layer {
  switch (options.name) {
    case "googlenet":
      return googLeNet(options, size);
    case "bn-inception":
      return bnInception(options);
    case "inception-v2":
    case "inception-v3":
      return inceptionV3(options, size);
  }
}

/** Side of the grid the auxiliary head was designed for. */
const canonicalGrid = 17;

/**
 * Inception-v2 and v3 (arXiv 1512.00567) are one trunk: the rows of Table 3 differ in the stem and in the auxiliary
 * head, which the options name. The head depends on `size` only below 299 pixels (or what corresponds to them), where
 * its pool and its convolution no longer fit.
 */
function inceptionV3(options: InceptionV3Options, size?: number): Layer {
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

function trunk(options: InceptionV3Options): { toAuxiliary: Children; rest: Children } {
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
