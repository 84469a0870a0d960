// Muon: every step turns a layer's filters by an orthogonal matrix of their own size.
import { elements, type Graph, type Value } from "./node.ts";
import * as op from "./operations.ts";
import type { Optimizer, Precision } from "./update.ts";

export type MuonOptions = { readonly momentum: number; readonly beta2: number; readonly restRate: number };

/**
 * Jordan et al. 2024 (kellerjordan.github.io/posts/muon): m <- momentum m + (1 - momentum) g, looked ahead as Nesterov does; the matrix
 * [inputs, filters] of a convolution's kernel moves by the orthogonal matrix nearest to it. That one is as large here as the kernel itself, as
 * in LARS (arXiv 1708.03888): the rate is the share of a kernel that a step changes, whatever the layer's shape, and batch norm leaves
 * nothing else of a kernel's size. All other weights follow Adam with beta1 = momentum, epsilon 1e-8, at `restRate` times the rate. Decay is
 * decoupled.
 */
export const muon = ({ momentum, beta2, restRate }: MuonOptions): Optimizer => ({
  slots: [
    { name: "mean", initial: 0 },
    { name: "meanSquare", initial: 0 },
  ],
  decoupled: true,
  apply(graph, update) {
    const { variables, weights, before, slots, rate, gradient, count, weightDecay, precision } = update;
    const [meanSlot, squareSlot] = slots;
    const times = (value: Value, factor: number) => op.multiply(graph, value, op.scalar(graph, factor));
    const blend = (decay: number, old: Value, fresh: Value) =>
      op.add(graph, times(old, decay), times(fresh, 1 - decay));
    const corrected = (value: Value, decay: number) =>
      op.divide(graph, value, op.subtract(graph, one, op.power(graph, op.scalar(graph, decay), count)));
    const one = op.scalar(graph, 1);

    const mean = blend(momentum, op.readVariable(graph, meanSlot!), gradient);
    const square = blend(beta2, op.readVariable(graph, squareSlot!), op.multiply(graph, gradient, gradient));
    const sizes = variables.map(({ shape }) => elements(shape));
    const cut = (vector: Value) => (sizes.length > 0 ? op.split(graph, vector, sizes, 0) : []);
    const [kernels, ahead] = [cut(before), cut(blend(momentum, mean, gradient))];
    const [means, squares] = [cut(mean), cut(square)];
    const turned = (i: number) => {
      const filters = variables[i]!.shape.at(-1)!;
      const direction = orthogonal(graph, op.reshape(graph, ahead[i]!, [sizes[i]! / filters, filters]), precision);
      const ratio = op.divide(graph, norm(graph, kernels[i]!), notZero(graph, norm(graph, direction)));
      return op.multiply(graph, op.reshape(graph, direction, [sizes[i]!]), ratio);
    };
    const byAdam = (i: number) => {
      const root = op.squareRoot(graph, corrected(squares[i]!, beta2));
      return times(
        op.divide(graph, corrected(means[i]!, momentum), op.add(graph, root, op.scalar(graph, 1e-8))),
        restRate,
      );
    };
    const moves = op.joinVectors(
      graph,
      variables.map((variable, i) => (variable.matrix ? turned(i) : byAdam(i))),
    );
    const whole = weightDecay > 0 ? op.add(graph, moves, times(before, weightDecay)) : moves;
    const kept = [op.assign(graph, meanSlot!, mean), op.assign(graph, squareSlot!, square)];
    return op.assignSubtract(
      graph,
      weights,
      op.identity(graph, op.multiply(graph, whole, rate), undefined, [...kept, before.node]),
    );
  },
});

/** The Frobenius norm. */
const norm = (graph: Graph, value: Value): Value =>
  op.squareRoot(graph, op.multiply(graph, op.halfSquares(graph, value), op.scalar(graph, 2)));

/** A norm to divide by: a matrix of zeros stays one. */
const notZero = (graph: Graph, size: Value): Value => op.maximum(graph, size, op.scalar(graph, 1e-12));

/** Coefficients of x <- a x + b (x x') x + c (x x')^2 x, which brings every singular value near 1 in five rounds. */
const [a, b, c] = [3.4445, -4.775, 2.0315];
const rounds = 5;

/**
 * Of a matrix [rows, columns]: its singular vectors, with singular values between 0.7 and 1.2 where they were not far below the largest
 * (Newton-Schulz; Jordan et al. 2024, who compute it in bfloat16). Zeros of a matrix of zeros.
 */
export function orthogonal(graph: Graph, matrix: Value, precision: Precision): Value {
  const [rows, columns] = matrix.shape as [number, number];
  const tall = rows > columns;
  const [first, second] = tall ? [{ transposeA: true }, {}] : [{ transposeB: true }, {}];
  let x = op.cast(graph, op.divide(graph, matrix, notZero(graph, norm(graph, matrix))), precision);
  for (let round = 0; round < rounds; round++) {
    const squares = op.matMul(graph, x, x, first);
    const powers = op.add(
      graph,
      op.scale(graph, squares, b!),
      op.scale(graph, op.matMul(graph, squares, squares, second), c!),
    );
    x = op.add(graph, op.scale(graph, x, a!), tall ? op.matMul(graph, x, powers) : op.matMul(graph, powers, x));
  }
  return op.cast(graph, x, "float32");
}
