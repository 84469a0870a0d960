// JPEGs that are decoded at a fraction of their size: faster for large photographs, and no longer exact.
import type { Box, Extent, Picture } from "./resample/extent.ts";
import { isAntialiased, type Kernel } from "./resample/resample.ts";

/** Where the table below allows it, or not at all. */
export type JpegReduction = "auto" | "off";
/** Both sides are divided by it. */
export type Reduction = 1 | 3 | 5;

/**
 * The JPEG decoder halves or quarters, and a cubic kernel does the rest. `from`: what is then shrunk so many times in all differs from the
 * same made of the whole picture by less than one level in the mean (docs/exactness.md). Halving alone and an eighth are left out: the first
 * is no faster, the second too coarse.
 */
const reductions = [
  { reduction: 5, decoder: 4, from: 13 },
  { reduction: 3, decoder: 2, from: 7 },
] as const;

/** What is shrunk less often than this is never reduced. */
export const leastReduced: number = Math.min(...reductions.map(({ from }) => from));

/** The strongest reduction that the extent allows. */
export function reductionFor({ source, to }: Extent, kernel: Kernel): Reduction {
  if (!isAntialiased(kernel)) return 1;
  const step = Math.min(source.width / to.width, source.height / to.height);
  return reductions.find(({ from }) => step >= from)?.reduction ?? 1;
}

/** How many of `length` stored rows or columns a reduced picture shows: the decoder leaves out those that fill no whole pixel of its own. */
export function shownBy(reduction: Reduction, length: number): number {
  const decoder = reductions.find((other) => other.reduction === reduction)?.decoder ?? 1;
  return decoder * Math.floor(length / decoder);
}

/** A box of the whole picture in pixels of one that shows the part `shows` of it. */
export function within(
  box: Box,
  { shows, width, height }: Pick<Picture, "width" | "height"> & { readonly shows: Box },
): Box {
  const [across, down] = [width / shows.width, height / shows.height];
  return {
    left: (box.left - shows.left) * across,
    top: (box.top - shows.top) * down,
    width: box.width * across,
    height: box.height * down,
  };
}
