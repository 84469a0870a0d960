// TensorFlow's plain bilinear resize.
import { type Extent, type Picture, type Side, sidesOf } from "./extent.ts";

/**
 * `resize_bilinear` on its old grid: output pixel i looks at i * in / out, without half-pixel centres and without
 * antialiasing; rounded to bytes.
 */
export function resampleTensorflow(picture: Picture, extent: Extent): Uint8Array {
  const { pixels, width } = picture;
  const { across, down } = sidesOf(extent, picture);
  const columns = grid(across);
  const rows = grid(down);
  const out = new Uint8Array(across.count * down.count * 3);
  for (let y = 0, at = 0; y < down.count; y++) {
    const above = rows.lower[y]! * width * 3;
    const below = rows.upper[y]! * width * 3;
    const vertical = rows.share[y]!;
    for (let x = 0; x < across.count; x++) {
      const left = columns.lower[x]! * 3;
      const right = columns.upper[x]! * 3;
      const horizontal = columns.share[x]!;
      for (let channel = 0; channel < 3; channel++, at++) {
        const a = pixels[above + left + channel]!;
        const b = pixels[above + right + channel]!;
        const c = pixels[below + left + channel]!;
        const d = pixels[below + right + channel]!;
        const upper = a + (b - a) * horizontal;
        const lower = c + (d - c) * horizontal;
        out[at] = upper + (lower - upper) * vertical + 0.5;
      }
    }
  }
  return out;
}

/** For each output position the two input positions around it, and the share of the second. */
function grid({ start, length, high, to, from, count }: Side) {
  const lower = new Int32Array(count);
  const upper = new Int32Array(count);
  const share = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const position = start + ((from + i) * length) / to;
    lower[i] = Math.floor(position);
    upper[i] = Math.min(lower[i]! + 1, high - 1);
    share[i] = position - lower[i]!;
  }
  return { lower, upper, share };
}
