// Random erasing of Zhong et al., arXiv 1708.04896: a rectangle of a picture covered.
import type { Random } from "../random.ts";
import type { Color } from "../resample/extent.ts";

export interface Erasing {
  readonly probability: number;
  /** Bounds of the rectangle's share of the picture's area, and of its height over its width. */
  readonly area: readonly [number, number];
  readonly aspect: readonly [number, number];
  /** A colour, or one for each pixel, all equally likely. */
  readonly fill: Color | "noise";
}

/** On a square picture in place: area uniform, aspect log-uniform, ten attempts, as torchvision's RandomErasing. */
export function erase(pixels: Uint8Array, side: number, erasing: Erasing, random: Random): void {
  if (!random.chance(erasing.probability)) return;
  const box = rectangle(side, erasing, random);
  if (box === undefined) return;
  for (let y = box.top; y < box.top + box.height; y++)
    for (let x = box.left; x < box.left + box.width; x++)
      pixels.set(erasing.fill === "noise" ? noise(random) : erasing.fill, 3 * (y * side + x));
}

function rectangle(side: number, { area, aspect }: Erasing, random: Random) {
  for (let attempt = 0; attempt < 10; attempt++) {
    const target = side * side * random.uniform(...area);
    const ratio = Math.exp(random.uniform(Math.log(aspect[0]), Math.log(aspect[1])));
    const height = Math.round(Math.sqrt(target * ratio));
    const width = Math.round(Math.sqrt(target / ratio));
    if (width >= side || height >= side) continue;
    return { top: random.int(side - height + 1), left: random.int(side - width + 1), width, height };
  }
  return undefined;
}

function noise(random: Random): Color {
  const color = random.int(2 ** 24);
  return [color >> 16, (color >> 8) & 255, color & 255];
}
