// A picture sheared, moved or turned, on RGB bytes.

/** Of each result's pixel (x, y), counted from its centre, the place that it shows: (a x + b y + c, d x + e y + f), in pixels. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Pillow's Image.transform(AFFINE, BILINEAR): its bytes are cut off, not rounded, and what shows no place in the picture is black. */
export function transform(pixels: Uint8Array, width: number, [a, b, c, d, e, f]: Affine): Uint8Array {
  const height = pixels.length / 3 / width;
  const result = new Uint8Array(pixels.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const across = a * (x + 0.5) + b * (y + 0.5) + c;
      const down = d * (x + 0.5) + e * (y + 0.5) + f;
      if (across < 0 || across >= width || down < 0 || down >= height) continue;
      const left = Math.floor(across - 0.5);
      const top = Math.floor(down - 0.5);
      const toRight = across - 0.5 - left;
      const below = down - 0.5 - top;
      const columns = 3 * Math.max(0, left);
      const nextColumn = 3 * Math.min(width - 1, left + 1);
      const row = 3 * width * Math.max(0, top);
      const nextRow = 3 * width * Math.min(height - 1, top + 1);
      for (let channel = 0; channel < 3; channel++) {
        const upper = between(pixels[row + columns + channel]!, pixels[row + nextColumn + channel]!, toRight);
        const lower = between(pixels[nextRow + columns + channel]!, pixels[nextRow + nextColumn + channel]!, toRight);
        result[to + channel] = between(upper, lower, below);
      }
    }
  }
  return result;
}

const between = (one: number, other: number, share: number): number => one + (other - one) * share;

/** Each row moved by `shear` pixels more than the one above it; the upper edge stays. */
export const shearX = (shear: number): Affine => [1, shear, 0, 0, 1, 0];
/** Each column likewise; the left edge stays. */
export const shearY = (shear: number): Affine => [1, 0, 0, shear, 1, 0];
export const moveX = (pixels: number): Affine => [1, 0, -pixels, 0, 1, 0];
export const moveY = (pixels: number): Affine => [1, 0, 0, 0, 1, -pixels];

/** Counter-clockwise about the centre. */
export function turn(degrees: number, width: number, height: number): Affine {
  // In Pillow's order of operations; rounded, so that a quarter turn meets each pixel's centre.
  const angle = -((degrees + 360) % 360) * (Math.PI / 180);
  const [cosine, sine] = [round15(Math.cos(angle)), round15(Math.sin(angle))];
  const [x, y] = [width / 2, height / 2];
  return [cosine, sine, -cosine * x - sine * y + x, -sine, cosine, sine * x - cosine * y + y];
}

const round15 = (value: number): number => Number(value.toFixed(15));
