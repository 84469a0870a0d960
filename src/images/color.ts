// The Inception recipe's colour distortions and the mirror, on RGB bytes in place.
import { type Colors, recolor } from "./colors.ts";
import type { Random } from "./random.ts";

export type ColorMode = "off" | "fast" | "slow";
type Distortion = (colors: Colors, random: Random) => void;

/**
 * TF-Slim's distort_color: one of four cases is drawn; `fast` has brightness and saturation only, brightness first in
 * one case of four. Strengths: brightness +-32/255, saturation and contrast * 0.5..1.5, hue +-0.2 of the circle.
 */
export function distortColor(pixels: Uint8Array, mode: ColorMode, random: Random): void {
  if (mode === "off") return;
  const distortions = orders[mode][random.int(4)]!;
  recolor(pixels, (colors) => {
    for (const distort of distortions) distort(colors, random);
  });
}

/** Left and right exchanged; `width` in pixels. */
export function flip(pixels: Uint8Array, width: number): void {
  for (let row = 0; row < pixels.length; row += width * 3) {
    for (let left = row, right = row + (width - 1) * 3; left < right; left += 3, right -= 3) {
      for (let channel = 0; channel < 3; channel++) {
        const value = pixels[left + channel]!;
        pixels[left + channel] = pixels[right + channel]!;
        pixels[right + channel] = value;
      }
    }
  }
}

const brightness: Distortion = (colors, random) => colors.addBrightness(random.uniform(-32 / 255, 32 / 255));
const saturation: Distortion = (colors, random) => colors.scaleSaturation(random.uniform(0.5, 1.5));
const hue: Distortion = (colors, random) => colors.turnHue(random.uniform(-0.2, 0.2));
const contrast: Distortion = (colors, random) => colors.scaleContrast(random.uniform(0.5, 1.5));

const orders: Record<Exclude<ColorMode, "off">, readonly (readonly Distortion[])[]> = {
  fast: [
    [brightness, saturation],
    [saturation, brightness],
    [saturation, brightness],
    [saturation, brightness],
  ],
  slow: [
    [brightness, saturation, hue, contrast],
    [saturation, brightness, contrast, hue],
    [contrast, hue, brightness, saturation],
    [hue, saturation, contrast, brightness],
  ],
};
