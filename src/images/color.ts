// The Inception recipe's colour distortions and the mirror, on RGB bytes in place.
import type { Random } from "./random.ts";

export type ColorMode = "off" | "fast" | "slow";
/** Values in [0, 1] before the final clamp, three for each pixel. */
type Values = Float32Array;
type Distortion = (values: Values, random: Random) => void;

/**
 * TF-Slim's distort_color: one of four cases is drawn; `fast` has brightness and saturation only, brightness first in
 * one case of four. Strengths: brightness +-32/255, saturation and contrast * 0.5..1.5, hue +-0.2 of the circle.
 */
export function distortColor(pixels: Uint8Array, mode: ColorMode, random: Random): void {
  if (mode === "off") return;
  if (scratch.length < pixels.length) scratch = new Float32Array(pixels.length);
  const values = scratch.subarray(0, pixels.length);
  fromBytes(pixels, values);
  for (const distort of orders[mode][random.int(4)]!) distort(values, random);
  toBytes(values, new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length));
}

/** Kept from one picture to the next: fresh memory costs as much as a distortion. */
let scratch: Values = new Float32Array();
/** What each byte is of 255. */
const shares = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

function fromBytes(bytes: Uint8Array, values: Values): void {
  for (let i = 0; i < values.length; i++) values[i] = shares[bytes[i]!]!;
}

function toBytes(values: Values, bytes: Uint8ClampedArray): void {
  for (let i = 0; i < values.length; i++) bytes[i] = Math.trunc(255 * values[i]! + 0.5);
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

export function addBrightness(values: Values, delta: number): void {
  for (let i = 0; i < values.length; i++) values[i]! += delta;
}

/** HSV saturation times `factor`, at most 1; the largest channel (HSV's value) stays. */
export function scaleSaturation(values: Values, factor: number): void {
  for (let i = 0; i < values.length; i += 3) {
    const r = values[i]!;
    const g = values[i + 1]!;
    const b = values[i + 2]!;
    const value = Math.max(r, g, b);
    const saturation = value > 0 ? (value - Math.min(r, g, b)) / value : 0;
    const scale = saturation > 0 ? Math.min(1, saturation * factor) / saturation : 0;
    values[i] = value - (value - r) * scale;
    values[i + 1] = value - (value - g) * scale;
    values[i + 2] = value - (value - b) * scale;
  }
}

/** HSV hue turned by `delta` of the circle; value and range of the channels stay. */
export function turnHue(values: Values, delta: number): void {
  for (let i = 0; i < values.length; i += 3) {
    const r = values[i]!;
    const g = values[i + 1]!;
    const b = values[i + 2]!;
    const value = Math.max(r, g, b);
    const range = value - Math.min(r, g, b);
    if (range === 0) continue;
    const sixths = value === r ? (g - b) / range : value === g ? 2 + (b - r) / range : 4 + (r - g) / range;
    const turned = sixths + 6 * delta;
    values[i] = value - range * gap(turned + 5);
    values[i + 1] = value - range * gap(turned + 3);
    values[i + 2] = value - range * gap(turned + 1);
  }
}

/** How far, in [0, 1] of the range, a channel lies below the largest one, so many sixths of the circle from where it is that. */
function gap(sixths: number): number {
  const k = sixth(sixth(sixths) + 6);
  return Math.max(0, Math.min(k, 4 - k, 1));
}

/** `x` % 6, which takes long; of what occurs one subtraction gives it to the bit. */
const sixth = (x: number): number => (x > -6 && x < 6 ? x : x >= 6 && x < 12 ? x - 6 : x % 6);

/** Distance from each channel's mean times `factor`. */
export function scaleContrast(values: Values, factor: number): void {
  for (let channel = 0; channel < 3; channel++) {
    let sum = 0;
    for (let i = channel; i < values.length; i += 3) sum += values[i]!;
    const mean = sum / (values.length / 3);
    for (let i = channel; i < values.length; i += 3) values[i] = (values[i]! - mean) * factor + mean;
  }
}

const brightness: Distortion = (values, random) => addBrightness(values, random.uniform(-32 / 255, 32 / 255));
const saturation: Distortion = (values, random) => scaleSaturation(values, random.uniform(0.5, 1.5));
const hue: Distortion = (values, random) => turnHue(values, random.uniform(-0.2, 0.2));
const contrast: Distortion = (values, random) => scaleContrast(values, random.uniform(0.5, 1.5));

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
