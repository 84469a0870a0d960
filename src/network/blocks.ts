// The Inception blocks that keep the grid, in every form the switches name: the branches between 1x1 and pool.
import { chain, concat } from "./build.ts";
import type { Children, Layer } from "./layer.ts";
import { across, down, type Parts } from "./parts.ts";
import type { Switches } from "./switches.ts";

type Branches = (parts: Parts) => Children;

/** On 35 x 35: 64 + 96 maps. */
export const branches35: Record<Switches["block35"], Branches> = {
  v3: (parts) => ({ b5x5: chain([parts.reduce(48), parts.conv(64, 5)]), b3x3dbl: double3x3(parts) }),
  fig5: (parts) => ({ b3x3: single3x3(parts), b3x3dbl: double3x3(parts) }),
  unfactorized: (parts) => ({ b3x3: single3x3(parts), b5x5: chain([parts.reduce(64), parts.conv(96, 5)]) }),
  asymmetric: ({ reduce, pair }) => ({
    b5x5: chain([reduce(48), ...pair([48, across(5)], [64, down(5)])]),
    b3x3dbl: chain([reduce(64), ...pair([64, across(3)], [96, down(3)]), ...pair([96, across(3)], [96, down(3)])]),
  }),
};

const single3x3 = ({ reduce, conv }: Parts): Layer => chain([reduce(48), conv(64, 3)]);
const double3x3 = ({ reduce, pair }: Parts): Layer => chain([reduce(64), ...pair([96, 3], [96, 3])]);

/** On 17 x 17: 192 + 192 maps, with `inner` maps before them. */
export const branches17: Record<Switches["block17"], (parts: Parts, inner: number) => Children> = {
  asym7: asymmetric(7),
  asym3: asymmetric(3),
  asym5: asymmetric(5),
  dense3: whole(3),
  dense7: whole(7),
};

function asymmetric(n: number) {
  return ({ reduce, pair }: Parts, inner: number): Children => ({
    [`b${n}x${n}`]: chain([reduce(inner), ...pair([inner, across(n)], [192, down(n)])]),
    [`b${n}x${n}dbl`]: chain([
      reduce(inner),
      ...pair([inner, down(n)], [inner, across(n)]),
      ...pair([inner, down(n)], [192, across(n)]),
    ]),
  });
}

function whole(n: number) {
  return ({ reduce, conv }: Parts, inner: number): Children => ({
    [`b${n}x${n}`]: chain([reduce(inner), conv(192, n)]),
    [`b${n}x${n}dbl`]: chain([reduce(inner), conv(inner, n), conv(192, n)]),
  });
}

/** On 8 x 8: 768 + 768 maps, or 384 + 384 where nothing widens them. */
export const branches8: Record<Switches["block8"], Branches> = {
  expanded: endingIn(({ conv }) => concat({ "1x3": conv(384, across(3)), "3x1": conv(384, down(3)) })),
  plain: endingIn(({ conv }) => conv(384, 3)),
  wide: endingIn(({ conv }) => conv(768, 3)),
  asymmetric: ({ reduce, pair }) => ({
    b3x3: chain([reduce(384), ...pair([384, across(3)], [384, down(3)])]),
    b3x3dbl: chain([reduce(448), ...pair([448, across(3)], [384, down(3)]), ...pair([384, across(3)], [384, down(3)])]),
  }),
};

function endingIn(end: (parts: Parts) => Layer): Branches {
  return (parts) => ({
    b3x3: chain([parts.reduce(384), end(parts)]),
    b3x3dbl: chain([parts.reduce(448), parts.conv(384, 3), end(parts)]),
  });
}
