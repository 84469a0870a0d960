// Kernels as ONNX lays them out: outputs first, and the rows of a dense layer in its order of a map, channels first.

type Numbers = Float32Array | Uint8Array | Uint16Array;

/** A kernel in another layout. */
export interface Laid<Data extends Numbers> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** [height, width, in, out] as [out, in, height, width]. */
export const convolution = <Data extends Numbers>(data: Data, [h, w, i, o]: readonly number[]): Laid<Data> =>
  permuted(data, [h!, w!, i!, o!], [3, 2, 0, 1]);

/** [height, width, in, multiplier] as [in * multiplier, 1, height, width]. */
export const depthwise = <Data extends Numbers>(data: Data, [h, w, i, m]: readonly number[]): Laid<Data> =>
  permuted(data, [h!, w!, 1, i! * m!], [3, 2, 0, 1]);

/** [height * width * channels, out] as [channels * height * width, out]; `map` is what the layer reads. */
export function dense<Data extends Numbers>(
  data: Data,
  out: number,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
): Laid<Data> {
  const rows = permuted(data, [height, width, channels, out], [2, 0, 1, 3]);
  return { shape: [height * width * channels, out], data: rows.data };
}

/** The axes in another order, as in NumPy's transpose. */
function permuted<Data extends Numbers>(data: Data, shape: readonly number[], order: readonly number[]): Laid<Data> {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const [a, b, c, d] = order.map((axis) => shape[axis]!) as [number, number, number, number];
  const [sa, sb, sc, sd] = order.map((axis) => strides[axis]!) as [number, number, number, number];
  const result = new (data.constructor as new (length: number) => Data)(data.length);
  let at = 0;
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++) for (let l = 0; l < d; l++) result[at++] = data[i * sa + j * sb + k * sc + l * sd]!;
  return { shape: [a, b, c, d], data: result };
}
