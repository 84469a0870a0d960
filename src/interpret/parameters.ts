// Reads a network as the list of its variables: names, shapes, how each starts, and what training does with it.
import type { Initial, Layer, Primitive } from "../network/layer.ts";
import { pick, type Table } from "../network/table.ts";
import { type Shape, trace, valuesIn } from "./shapes.ts";

export type VariableKind = "kernel" | "bias" | "gamma" | "beta" | "movingMean" | "movingVariance";

/** `truncatedNormal`: a normal of this deviation, cut at two deviations (TensorFlow's TruncatedNormal). */
export type InitialValue =
  | { readonly kind: "truncatedNormal"; readonly deviation: number }
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" };

export type Variable = {
  /** The layer's position in the tree and the variable's part in it: `Conv2d_1a_3x3/conv/kernel`. */
  readonly name: string;
  /** TensorFlow's layouts: convolution [height, width, in, out], depthwise [.., in, multiplier], dense [in, out]. */
  readonly shape: readonly number[];
  readonly kind: VariableKind;
  /** Changed by gradients; batch norm's moving averages are not. */
  readonly trainable: boolean;
  /** Subject to weight decay: convolution, depthwise and dense kernels. */
  readonly decayed: boolean;
  /** The kernel of a convolution over all channels: [height * width * in, out] is the matrix that it multiplies patches by. */
  readonly matrix: boolean;
  readonly initial: InitialValue;
  /** Part of an auxiliary head, which only training uses. */
  readonly auxiliary: boolean;
};

type Own = Omit<Variable, "name" | "auxiliary">;

/** Every variable in the order of the layers. */
export const variables = (network: Layer, input: Shape): Variable[] =>
  trace(network, input).flatMap(({ layer, input: from, path, auxiliary }) =>
    pick(variablesOf, layer, from).map((own) => ({ name: `${path}/${own.kind}`, ...own, auxiliary })),
  );

/** What each primitive keeps between steps, given the map it reads. */
export const variablesOf: Table<[input: Shape], readonly Own[]> = {
  conv: ({ kernel: [height, width], filters, initial }, { channels }) => [
    { ...kernel([height, width, channels, filters], height * width * channels, initial), matrix: true },
  ],
  // Each output sees one channel only.
  depthwise: ({ kernel: [height, width], multiplier, initial }, { channels }) => [
    kernel([height, width, channels, multiplier], height * width, initial),
  ],
  dense({ units, initial }, input) {
    const features = valuesIn(input);
    return [kernel([features, units], features, initial), learned("bias", units, "zeros")];
  },
  bias: (_layer, { channels }) => [learned("bias", channels, "zeros")],
  batchNorm: ({ scale }, { channels }) => [
    ...(scale ? [learned("gamma", channels, "ones")] : []),
    learned("beta", channels, "zeros"),
    { ...learned("movingMean", channels, "zeros"), trainable: false },
    { ...learned("movingVariance", channels, "ones"), trainable: false },
  ],
  responseNorm: nothing,
  relu: nothing,
  maxPool: nothing,
  averagePool: nothing,
  globalPool: nothing,
  adaptivePool: nothing,
  dropout: nothing,
};

function nothing(_layer: Primitive): readonly Own[] {
  return [];
}

const kernel = (shape: readonly number[], fanIn: number, initial: Initial): Own => ({
  shape,
  kind: "kernel",
  trainable: true,
  decayed: true,
  matrix: false,
  initial: { kind: "truncatedNormal", deviation: initial === "he" ? heDeviation(fanIn) : initial },
});

const learned = (kind: VariableKind, channels: number, initial: "zeros" | "ones"): Own => ({
  shape: [channels],
  kind,
  trainable: true,
  decayed: false,
  matrix: false,
  initial: { kind: initial },
});

/** Standard deviation of a unit normal cut at two deviations; TensorFlow's VarianceScaling corrects by it. */
const truncatedDeviation = 0.87962566103423978;
const heDeviation = (fanIn: number): number => Math.sqrt(2 / fanIn) / truncatedDeviation;

/** Number of values in a variable. */
export const sizeOf = ({ shape }: Pick<Variable, "shape">): number =>
  shape.reduce((product, side) => product * side, 1);
