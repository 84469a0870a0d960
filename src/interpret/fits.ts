// Which input sizes a network can take.
import { UserError } from "../errors.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { NetworkOptions } from "../network/options.ts";
import { trace } from "./shapes.ts";

/** The smallest square input, in pixels, of which every map of the network keeps at least one cell. */
export function smallestSize(options: NetworkOptions): number {
  let size = 1;
  while (!fits(options, size)) size++;
  return size;
}

/** Throws a usage error that names the smallest size where a square input of `size` pixels is too small. */
export function checkSize(options: NetworkOptions, size: number): void {
  if (fits(options, size)) return;
  throw new UserError(
    "usage",
    `${options.name} with this stem needs an input of at least ${smallestSize(options)} px, got ${size} px`,
    { hint: smallerStems(options) },
  );
}

/** Whether every map of the network keeps at least one cell on a square input of `size` pixels. */
export const fits = (options: NetworkOptions, size: number): boolean =>
  trace(buildNetwork(options, size), { height: size, width: size, channels: 3 }).every(
    ({ output }) => output.height >= 1 && output.width >= 1,
  );

function smallerStems(options: NetworkOptions): string {
  const dense = smallestSize({ ...options, stemStride: 1 });
  const bare = smallestSize({ ...options, stemStride: 1, stemPool: false });
  return `network.stemStride: 1 takes ${dense} px and more, with network.stemPool: false as well ${bare} px and more`;
}
