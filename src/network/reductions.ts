// From one grid to the next, half as wide (arXiv 1512.00567, section 5), in every form the switches name.
import { chain, concat } from "./build.ts";
import type { Layer } from "./layer.ts";
import { across, down, halving, type Parts } from "./parts.ts";
import type { Switches } from "./switches.ts";

type Grid = Exclude<Switches["reductionAt"], "both">;
type Kind = Switches["reduction"];

/** The reduction of this grid; where `reductionAt` means the other one only, the parallel one. */
export function reduction({ reduction, reductionAt }: Switches, grid: Grid, parts: Parts): Layer {
  const meant = reductionAt === "both" || reductionAt === grid;
  return kinds[meant ? reduction : "parallel"](parts, grid);
}

const kinds: Record<Kind, (parts: Parts, grid: Grid) => Layer> = {
  parallel: (parts, grid) => parallel[grid](parts),
  // The pool comes before there are maps enough: cheap, but a bottleneck.
  "pool-conv": ({ conv, halve }, grid) => chain({ pool: halve, conv: conv(maps[grid], 3) }),
  // No bottleneck, but the convolution is done on the large grid.
  "conv-pool": ({ conv, halve }, grid) => chain({ conv: conv(maps[grid], 3), pool: halve }),
};

/** Maps that come out, whatever the kind. */
const maps: Record<Grid, number> = { 35: 768, 17: 1280 };

/** Figure 10: a pool beside convolutions of stride 2. */
const parallel: Record<Grid, (parts: Parts) => Layer> = {
  35: ({ conv, reduce, halve }) =>
    concat({
      b3x3: conv(384, 3, halving),
      b3x3dbl: chain([reduce(64), conv(96, 3), conv(96, 3, halving)]),
      pool: halve,
    }),
  17: ({ conv, reduce, halve }) =>
    concat({
      b3x3: chain([reduce(192), conv(320, 3, halving)]),
      b7x7x3: chain([reduce(192), conv(192, across(7)), conv(192, down(7)), conv(192, 3, halving)]),
      pool: halve,
    }),
};
