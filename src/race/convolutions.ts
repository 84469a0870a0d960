// The convolutions of a network, each shape once, and what can compute them.
import { convolutionType } from "../graph/forward.ts";
import { ableSides, type Pass, passes, type Side, type Task } from "../graph/kernels.ts";
import { type Dims, elements } from "../graph/shape.ts";
import { type Shape, trace } from "../interpret/shapes.ts";
import { siblingsOf } from "../interpret/siblings.ts";
import type { Layer, Window } from "../network/layer.ts";
import { features } from "../runtime/features.ts";

/** Or several side by side, on the same input. */
export interface Convolution {
  readonly dtype: "float32" | "bfloat16";
  readonly window: Window;
  /** [batch, height, width, channels] of its input and its output. */
  readonly input: Dims;
  readonly output: Dims;
  /** [rows, columns, channels, filters] */
  readonly filter: Dims;
  /** The filters of each that is side by side: one number where it is one convolution. */
  readonly parts: readonly number[];
  /** How many layers of the network are of this shape; of several side by side, how often they are. */
  readonly layers: number;
}

/** Of pictures or maps that come in, their number, and the precision. */
type Of = readonly [network: Layer, input: Shape, batch: number, precision: Convolution["dtype"]];

/** Heads for training alone included. */
export const convolutionsOf = (...of: Of): Convolution[] =>
  grouped(
    of,
    trace(of[0], of[1]).flatMap(({ path, layer }) => (layer.type === "conv" ? [[path]] : [])),
  );

/** Those that slide alike over one map, all of them side by side. */
export const siblingConvolutionsOf = (...of: Of): Convolution[] =>
  grouped(
    of,
    siblingsOf(of[0]).map((siblings) => siblings.map(({ path }) => path)),
  );

function grouped([network, shape, batch, precision]: Of, groups: readonly (readonly string[])[]): Convolution[] {
  const traced = new Map(trace(network, shape).map((step) => [step.path, step]));
  const map = ({ height, width, channels }: Shape): Dims => [batch, height, width, channels];
  const found = new Map<string, Convolution>();
  for (const paths of groups) {
    const { input, output, layer } = traced.get(paths[0]!)!;
    if (layer.type !== "conv") throw new Error(`${paths[0]} is a ${layer.type}, expected a convolution`);
    const window = { kernel: layer.kernel, stride: layer.stride, padding: layer.padding };
    const parts = paths.map((path) => traced.get(path)!.output.channels);
    const filters = parts.reduce((sum, part) => sum + part, 0);
    const one: Convolution = {
      dtype: convolutionType(precision, map(input), window) as Convolution["dtype"],
      window,
      input: map(input),
      output: map({ ...output, channels: filters }),
      filter: [...layer.kernel, input.channels, filters],
      parts,
      layers: 1,
    };
    const name = JSON.stringify(one);
    found.set(name, { ...one, layers: (found.get(name)?.layers ?? 0) + 1 });
  }
  return [...found.values()];
}

export const multiplyAdds = ({ output, filter }: Convolution): number =>
  elements(output.slice(0, 3)) * elements(filter);

/** The passes of a convolution; those of a training step unless said. */
export const tasksOf = (
  { dtype, input, filter, window: { stride } }: Convolution,
  of: readonly Pass[] = passes,
): Task[] => of.map((pass) => ({ pass, dtype, input, filter, stride }));

/**
 * Those that may be first: plain sums of maps are fast on matrix registers alone, and several convolutions side by side are
 * computed so or each by TensorFlow.
 */
export function racedSides(
  task: Task,
  parts: readonly number[],
  having: readonly string[] = features(),
): readonly Side[] {
  const matrices = having.includes("amx_bf16");
  if (parts.length > 1 && !matrices) return ["tensorflow"];
  const raced = (side: Side): boolean =>
    side === "plain" ? matrices || task.pass === "filter" : side !== "fast" || parts.length === 1;
  return ableSides(task).filter(raced);
}
