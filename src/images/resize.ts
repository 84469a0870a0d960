// TensorFlow's plain bilinear resize.

/**
 * `resize_bilinear` on its old grid: output pixel i looks at i * in / out, without half-pixel centres and without
 * antialiasing; rounded to bytes. RGB, width x height to size x size.
 */
export function resizeTensorflow(pixels: Uint8Array, width: number, height: number, size: number): Uint8Array {
  const columns = grid(width, size);
  const rows = grid(height, size);
  const out = new Uint8Array(size * size * 3);
  for (let y = 0, at = 0; y < size; y++) {
    const above = rows.lower[y]! * width * 3;
    const below = rows.upper[y]! * width * 3;
    const down = rows.share[y]!;
    for (let x = 0; x < size; x++) {
      const left = columns.lower[x]! * 3;
      const right = columns.upper[x]! * 3;
      const across = columns.share[x]!;
      for (let channel = 0; channel < 3; channel++, at++) {
        const a = pixels[above + left + channel]!;
        const b = pixels[above + right + channel]!;
        const c = pixels[below + left + channel]!;
        const d = pixels[below + right + channel]!;
        const upper = a + (b - a) * across;
        const lower = c + (d - c) * across;
        out[at] = upper + (lower - upper) * down + 0.5;
      }
    }
  }
  return out;
}

/** For each output position the two input positions around it, and the share of the second. */
function grid(input: number, output: number) {
  const lower = new Int32Array(output);
  const upper = new Int32Array(output);
  const share = new Float64Array(output);
  for (let i = 0; i < output; i++) {
    const position = (i * input) / output;
    lower[i] = Math.floor(position);
    upper[i] = Math.min(lower[i]! + 1, input - 1);
    share[i] = position - lower[i]!;
  }
  return { lower, upper, share };
}
