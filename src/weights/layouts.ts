// How a program lays out the numbers of a variable: our axes in its order, then grouped into its shape.

export interface Layout {
  /** Its axis i is our axis order[i], before the axes are grouped. */
  readonly order: readonly number[];
  /** Its shape of a variable that has this shape with us. */
  readonly shape: (ours: readonly number[]) => readonly number[];
}

/** A layout that only reorders axes. */
const ordered = (...order: number[]): Layout => ({ order, shape: (ours) => order.map((axis) => ours[axis]!) });

export const vector = ordered(0);
/** Convolutions as TensorFlow has them, and we: [height, width, in, out], depthwise [height, width, in, multiplier]. */
export const hwio = ordered(0, 1, 2, 3);
/** Convolutions of PyTorch and Caffe: [out, in, height, width]. */
export const oihw = ordered(3, 2, 0, 1);
/** Dense layers of Keras, and ours: [in, out]. */
export const inOut = ordered(0, 1);
/** Dense layers of PyTorch and Caffe: [out, in]. */
export const outIn = ordered(1, 0);
/** A dense layer that is a 1x1 convolution there, as in TF-Slim: [1, 1, in, out]. */
export const pointwise: Layout = { order: [0, 1], shape: ([inputs, outputs]) => [1, 1, inputs!, outputs!] };
/** A convolution over a whole map that is a dense layer over its values there, channels first: [out, in * height * width]. */
export const flattened: Layout = {
  order: oihw.order,
  shape: ([height, width, inputs, outputs]) => [outputs!, inputs! * height! * width!],
};

/** From our layout to the other. */
export const toForeign = ({ order }: Layout, data: Float32Array, ours: readonly number[]): Float32Array =>
  transposed(data, ours, order);

/** From the other layout to ours; `ours` is the shape that comes out. */
export const toOurs = ({ order }: Layout, data: Float32Array, ours: readonly number[]): Float32Array =>
  transposed(
    data,
    order.map((axis) => ours[axis]!),
    ours.map((_, axis) => order.indexOf(axis)),
  );

/** Axis i of the result is axis order[i] of `data`, which has this shape; the same array where none moves. */
function transposed(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  if (order.every((axis, i) => axis === i)) return data;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  let places = Uint32Array.of(0);
  for (const axis of order) {
    const [side, stride] = [shape[axis]!, strides[axis]!];
    const next = new Uint32Array(places.length * side);
    for (let i = 0; i < places.length; i++)
      for (let step = 0; step < side; step++) next[i * side + step] = places[i]! + step * stride;
    places = next;
  }
  const result = new Float32Array(data.length);
  for (let i = 0; i < result.length; i++) result[i] = data[places[i]!]!;
  return result;
}
