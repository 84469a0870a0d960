// Shapes as lists of lengths.
export type Dims = readonly number[];

export const elements = (shape: Dims): number => shape.reduce((product, length) => product * length, 1);

export const sameShape = (a: Dims, b: Dims): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

/** Of two tensors taken element by element: shapes end together, and a length of 1 repeats. Throws where they do not fit. */
export function broadcast(a: Dims, b: Dims): Dims {
  const rank = Math.max(a.length, b.length);
  return filledUp(a, rank).map((length, axis) => {
    const other = filledUp(b, rank)[axis]!;
    if (length !== other && length !== 1 && other !== 1) throw new Error(`[${a}] and [${b}] do not fit`);
    return length === 1 ? other : length;
  });
}

/** The axes of `to` along which a tensor of shape `from` was repeated. */
export const broadcastAxes = (from: Dims, to: Dims): number[] => {
  const whole = filledUp(from, to.length);
  return [...to.keys()].filter((axis) => axis < to.length - from.length || whole[axis] !== to[axis]);
};

/** The shape with these axes left out, or kept with a length of 1. */
export const reducedShape = (shape: Dims, axes: readonly number[], keep: boolean): Dims =>
  keep
    ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : shape.filter((_, axis) => !axes.includes(axis));

const filledUp = (shape: Dims, rank: number): Dims => [...Array(rank - shape.length).fill(1), ...shape];
