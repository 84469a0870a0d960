// A picture's tones changed: the operations of Pillow's ImageOps and ImageEnhance, on RGB bytes in place.

/** Each value with its `bits` highest bits alone. */
export function posterize(pixels: Uint8Array, bits: number): void {
  const mask = 256 - (1 << (8 - bits));
  for (let i = 0; i < pixels.length; i++) pixels[i]! &= mask;
}

/** Values from the threshold on turned into their negatives. */
export function solarize(pixels: Uint8Array, threshold: number): void {
  for (let i = 0; i < pixels.length; i++) if (pixels[i]! >= threshold) pixels[i] = 255 - pixels[i]!;
}

/** Each channel stretched so that it goes from 0 to 255. */
export const autoContrast = (pixels: Uint8Array): void =>
  mapChannels(pixels, (counts) => {
    const low = counts.findIndex((count) => count > 0);
    const high = counts.findLastIndex((count) => count > 0);
    if (high <= low) return undefined;
    const scale = 255 / (high - low);
    return (value) => Math.trunc(value * scale - low * scale);
  });

/** Each channel mapped so that its values become about equally common. */
export const equalize = (pixels: Uint8Array): void =>
  mapChannels(pixels, (counts) => {
    const last = counts.findLast((count) => count > 0)!;
    const step = Math.floor((pixels.length / 3 - last) / 255);
    if (step === 0) return undefined;
    let below = Math.floor(step / 2);
    const mapped = counts.map((count) => {
      const value = Math.floor(below / step);
      below += count;
      return value;
    });
    return (value) => mapped[value]!;
  });

type Mapping = (value: number) => number;

/** Each channel through the mapping that its 256 counts give, which is held to a byte; left as it is where they give none. */
function mapChannels(pixels: Uint8Array, mappingOf: (counts: number[]) => Mapping | undefined): void {
  for (let channel = 0; channel < 3; channel++) {
    const counts = Array<number>(256).fill(0);
    for (let i = channel; i < pixels.length; i += 3) counts[pixels[i]!]!++;
    const mapping = mappingOf(counts);
    if (mapping === undefined) continue;
    const table = Uint8ClampedArray.from(counts, (_, value) => mapping(value));
    for (let i = channel; i < pixels.length; i += 3) pixels[i] = table[pixels[i]!]!;
  }
}

/** `factor` 0: black, 1: the same, above: brighter. */
export const brightness = (pixels: Uint8Array, factor: number): void => blend(pixels, () => 0, factor);

/** `factor` 0: the mean gray everywhere, 1: the same, above: more contrast. */
export function contrast(pixels: Uint8Array, factor: number): void {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 3) sum += grayAt(pixels, i);
  const mean = Math.floor(sum / (pixels.length / 3) + 0.5);
  blend(pixels, () => mean, factor);
}

/** `factor` 0: gray, 1: the same, above: more vivid. */
export function saturation(pixels: Uint8Array, factor: number): void {
  const grays = Uint8Array.from({ length: pixels.length / 3 }, (_, at) => grayAt(pixels, 3 * at));
  blend(pixels, (i) => grays[Math.floor(i / 3)]!, factor);
}

/** `factor` 0: smoothed (a 3x3 mean in which the centre counts five times), 1: the same, above: sharper. The edges stay. */
export function sharpness(pixels: Uint8Array, width: number, factor: number): void {
  const row = 3 * width;
  const smooth = Uint8Array.from(pixels);
  for (let top = row; top < pixels.length - row; top += row)
    for (let i = top + 3; i < top + row - 3; i++) {
      let sum = 4 * pixels[i]!;
      for (let above = i - row; above <= i + row; above += row)
        sum += pixels[above - 3]! + pixels[above]! + pixels[above + 3]!;
      smooth[i] = Math.floor((2 * sum + 13) / 26);
    }
  blend(pixels, (i) => smooth[i]!, factor);
}

/** ITU-R 601's luma in whole numbers. */
const grayAt = (pixels: Uint8Array, i: number): number =>
  (pixels[i]! * 19595 + pixels[i + 1]! * 38470 + pixels[i + 2]! * 7471 + 0x8000) >> 16;

/** Away from another picture, or towards it below a factor of 1; single precision, cut off at the end. */
function blend(pixels: Uint8Array, other: (i: number) => number, factor: number): void {
  const share = Math.fround(factor);
  for (let i = 0; i < pixels.length; i++) {
    const from = other(i);
    const value = Math.fround(from + Math.fround(share * (pixels[i]! - from)));
    pixels[i] = Math.min(255, Math.max(0, value));
  }
}
