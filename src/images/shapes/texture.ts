// Surfaces of two random colours: smooth, cloudy, striped, chequered or spotted.
import type { Random } from "../random.ts";

/** Red, green and blue in [0, 1]. */
export type Color = readonly [number, number, number];
/** The share of the second colour at a point of the unit square. */
type Pattern = (x: number, y: number) => number;
export type Texture = { readonly first: Color; readonly second: Color; readonly pattern: Pattern };

export const randomColor = ({ uniform }: Random): Color => [uniform(), uniform(), uniform()];

/** Its mean colour is at least `contrast` away from `background`, so that the eye can tell them apart. */
export function randomTexture(
  random: Random,
  surfaces: readonly Surface[],
  background?: Texture,
  contrast = 0.35,
): Texture {
  for (;;) {
    const first = randomColor(random);
    const second = mix(first, randomColor(random), random.uniform(0.5, 1));
    if (
      background === undefined ||
      distance(mean(first, second), mean(background.first, background.second)) >= contrast
    ) {
      return { first, second, pattern: patterns[surfaces[random.int(surfaces.length)]!](random) };
    }
  }
}

export const mix = (a: Color, b: Color, share: number): Color => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];
const mean = (a: Color, b: Color): Color => mix(a, b, 0.5);
const distance = (a: Color, b: Color): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Each with the number of its cells or waves across the picture. */
const patterns = {
  plain: () => () => 0,
  "broad clouds": (random: Random) => clouds(random, random.uniform(3, 5)),
  "small clouds": (random: Random) => clouds(random, random.uniform(9, 12)),
  "broad stripes": (random: Random) => stripes(random, random.uniform(20, 30)),
  "narrow stripes": (random: Random) => stripes(random, random.uniform(55, 75)),
  "large checks": (random: Random) => checks(random, random.uniform(5, 7)),
  "small checks": (random: Random) => checks(random, random.uniform(12, 16)),
  "large spots": (random: Random) => spots(random, random.uniform(20, 28)),
  "small spots": (random: Random) => spots(random, random.uniform(50, 65)),
} as const satisfies Record<string, (random: Random) => Pattern>;
export type Surface = keyof typeof patterns;

/** Smoothed noise on a lattice that wraps. */
function clouds(random: Random, scale: number): Pattern {
  const cells = 16;
  const values = Float64Array.from({ length: cells * cells }, () => random.uniform());
  const at = (column: number, row: number) => values[(row % cells) * cells + (column % cells)]!;
  return (x, y) => {
    const [left, top] = [Math.floor(x * scale) + cells, Math.floor(y * scale) + cells];
    const [right, down] = [smooth(x * scale - Math.floor(x * scale)), smooth(y * scale - Math.floor(y * scale))];
    const upper = at(left, top) * (1 - right) + at(left + 1, top) * right;
    const lower = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
    return upper * (1 - down) + lower * down;
  };
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

function stripes(random: Random, waves: number): Pattern {
  const [x0, y0] = direction(random);
  const phase = random.uniform(0, 2 * Math.PI);
  return (x, y) => 0.5 + 0.5 * Math.sin((x * x0 + y * y0) * waves + phase);
}

function checks(random: Random, cells: number): Pattern {
  const [x0, y0] = direction(random);
  return (x, y) => (Math.floor((x * x0 + y * y0) * cells) + Math.floor((y * x0 - x * y0) * cells)) & 1;
}

function spots(random: Random, waves: number): Pattern {
  const [x0, y0] = direction(random);
  return (x, y) => smooth(0.5 + 0.5 * Math.sin((x * x0 + y * y0) * waves) * Math.sin((y * x0 - x * y0) * waves));
}

function direction({ uniform }: Random): readonly [number, number] {
  const angle = uniform(0, 2 * Math.PI);
  return [Math.cos(angle), Math.sin(angle)];
}
