// The Inception blocks of arXiv 1512.00567, with the filters of the released V3 and the forms that the switches name.
import { branches8, branches17, branches35 } from "./blocks.ts";
import { concat } from "./build.ts";
import type { Children, Layer } from "./layer.ts";
import type { InceptionV3Options } from "./options.ts";
import { parts } from "./parts.ts";
import { reduction } from "./reductions.ts";
import { switchesOf } from "./switches.ts";
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

export function modules(units: Units, options: InceptionV3Options): Modules {
  const switches = switchesOf(options);
  const part = parts(units, options);
  const block = (first: number, branches: Children, projection: number): Layer =>
    concat({ b1x1: part.conv(first, 1), ...branches, pool: part.pool(projection) });
  return {
    square: (projection) => block(64, branches35[switches.block35](part), projection),
    reduceTo17: reduction(switches, 35, part),
    factorized: (inner) => block(192, branches17[switches.block17](part, inner), 192),
    reduceTo8: reduction(switches, 17, part),
    expanded: block(320, branches8[switches.block8](part), 192),
  };
}
