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
import { switchesOf } from "./switches.ts";
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
  const { auxiliary } = options;
  const unit = units(options);
  const body = trunk(options);
  const grid = size === undefined ? canonicalGrid : Math.max(1, gridAfter(chain(body.toAuxiliary), size));
  return chain({
    ...body.toAuxiliary,
    ...(auxiliary === "off" ? {} : { AuxLogits: tap(auxiliaryHead({ ...options, auxiliary }, unit, grid)) }),
    ...body.rest,
    Logits: classifier(options),
  });
}

function trunk(options: InceptionV3Options): { toAuxiliary: Children; rest: Children } {
  const unit = units(options);
  const { nBlocks35, nBlocks17, nBlocks8 } = switchesOf(options);
  const { square, reduceTo17, factorized, reduceTo8, expanded } = modules(unit, options);
  // Table 1's stem already has the 288 maps that the blocks keep.
  const firstProjection = options.stem === "table1" ? 64 : 32;
  return {
    toAuxiliary: {
      ...stem(options, unit),
      ...lettered("Mixed_5", nBlocks35, (index) => square(index === 0 ? firstProjection : 64)),
      Mixed_6a: reduceTo17,
      ...lettered("Mixed_6", nBlocks17, (index) => factorized(innerMaps(index, nBlocks17))),
    },
    rest: { Mixed_7a: reduceTo8, ...lettered("Mixed_7", nBlocks8, () => expanded) },
  };
}

/** `Mixed_5b`, `Mixed_5c`, ...: the first of a stage, `a`, is the stem's pool or a reduction. */
const lettered = (stage: string, count: number, block: (index: number) => Layer): Children =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${stage}${letters[index + 1]}`, block(index)]));

const letters = "abcdefghijklmnopqrstuvwxyz";

/** 128 in the first block, 192 in the last, 160 in those between. */
function innerMaps(index: number, blocks: number): number {
  if (index === blocks - 1) return 192;
  return index === 0 ? 128 : 160;
}
