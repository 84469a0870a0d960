// A network as ONNX operations on maps in NCHW: one table over the fold, as graph/forward.ts has for TensorFlow.
import { outputsOf } from "../checkpoint/storage.ts";
import { countedMargins } from "../graph/average-pool.ts";
import type { NamedTensors } from "../graph/state.ts";
import { pairsWith } from "../interpret/folded.ts";
import { type Shape, shapeOf, valuesIn } from "../interpret/shapes.ts";
import { fold } from "../network/fold.ts";
import { adaptiveWindows, marginsOf } from "../network/grid.ts";
import type { Layer, Margin, PoolWindow } from "../network/layer.ts";
import { pick, type Table } from "../network/table.ts";
import type { Storage } from "../published/choices.ts";
import { addKernel } from "./kernels.ts";
import { convolution, dense, depthwise } from "./layouts.ts";
import { float, type GraphWriter, int, ints } from "./writer.ts";

export interface Weighted {
  /** Without auxiliary heads and dropout; with batch norm folded where it can be. */
  readonly network: Layer;
  readonly weights: NamedTensors;
  readonly storage: Storage;
}

/** A map and its name in the graph; `flat` where that is [batch, channels] and not [batch, channels, height, width]. */
type Value = { readonly name: string; readonly shape: Shape; readonly flat?: boolean };

/** Adds the network that reads `input`, [batch, channels, height, width]; gives the name of its last map, [batch, values]. */
export function addNetwork(
  graph: GraphWriter,
  { network, ...weighted }: Weighted,
  input: { readonly name: string; readonly shape: Shape },
): string {
  const biases = pairsWith(network, "bias");
  const context: Context = {
    graph,
    ...weighted,
    biasOf: new Map(biases.map(({ convolution, path }) => [convolution, path])),
    joined: new Set(biases.map(({ path }) => path)),
  };
  const last = fold<Value>(network, input, {
    primitive(layer, value, path) {
      const name = pick(operationOf, layer, value, path, context);
      return { name, shape: pick(shapeOf, layer, value.shape), flat: isFlat(layer, value) };
    },
    concat(branches, path) {
      const name = graph.node(
        "Concat",
        path,
        branches.map((value, i) => asMaps(graph, value, `${path}/${i}`)),
        { axis: int(1) },
      );
      const channels = branches.reduce((sum, { shape }) => sum + shape.channels, 0);
      return { name, shape: { ...branches[0]!.shape, channels } };
    },
    tap() {},
  });
  if (valuesIn(last.shape) !== last.shape.channels) throw new Error("the network does not end in one place");
  return asRows(graph, last, "end");
}

interface Context extends Omit<Weighted, "network"> {
  readonly graph: GraphWriter;
  /** The path of the bias that a convolution takes in. */
  readonly biasOf: ReadonlyMap<string, string>;
  /** Paths of such biases. */
  readonly joined: ReadonlySet<string>;
}

const isFlat = ({ type }: Layer, { flat = false }: Value): boolean =>
  type === "dense" || (flat && (type === "relu" || type === "dropout"));

const operationOf: Table<[input: Value, path: string, context: Context], string> = {
  conv(layer, input, path, context) {
    const kernel = weightOf(context, `${path}/kernel`);
    const outputs = outputsOf({ shape: kernel.shape, matrix: true });
    const layout = <Data extends Numbers>(data: Data) => convolution(data, kernel.shape);
    return addConvolution(layer, input, path, context, { ...kernel, outputs, layout, groups: 1 });
  },
  depthwise(layer, input, path, context) {
    const kernel = weightOf(context, `${path}/kernel`);
    const outputs = outputsOf({ shape: kernel.shape, matrix: false });
    const layout = <Data extends Numbers>(data: Data) => depthwise(data, kernel.shape);
    return addConvolution(layer, input, path, context, { ...kernel, outputs, layout, groups: input.shape.channels });
  },
  bias(_layer, input, path, { graph, joined, ...context }) {
    if (joined.has(path)) return input.name;
    const { data } = weightOf(context, `${path}/bias`);
    const added = graph.tensor("float32", `${path}/bias`, [1, data.length, 1, 1], data);
    return graph.node("Add", path, [asMaps(graph, input, path), added]);
  },
  batchNorm(layer, input, path, { graph, ...context }) {
    const tensor = (kind: string): string => {
      const { data } = weightOf(context, `${path}/${kind}`);
      return graph.tensor("float32", `${path}/${kind}`, [data.length], data);
    };
    const { channels } = input.shape;
    const gamma = layer.scale
      ? tensor("gamma")
      : graph.floats(`${path}/gamma`, [channels], new Array<number>(channels).fill(1));
    const inputs = [asMaps(graph, input, path), gamma, tensor("beta"), tensor("movingMean"), tensor("movingVariance")];
    return graph.node("BatchNormalization", path, inputs, { epsilon: float(layer.epsilon) });
  },
  responseNorm: ({ size, alpha, beta }, input, path, { graph }) =>
    graph.node("LRN", path, [asMaps(graph, input, path)], {
      size: int(size),
      alpha: float(alpha),
      beta: float(beta),
      bias: float(1),
    }),
  relu: (_layer, { name }, path, { graph }) => graph.node("Relu", path, [name]),
  maxPool: (layer, input, path, { graph }) =>
    graph.node("MaxPool", path, [asMaps(graph, input, path)], windowOf(layer, marginsIn(layer, input))),
  averagePool(layer, input, path, { graph }) {
    const reached = marginsIn(layer, input);
    const counted = countedMargins(layer, reached);
    if (sizeOf(counted) === 0 || sizeOf(counted) === sizeOf(reached))
      return graph.node("AveragePool", path, [asMaps(graph, input, path)], {
        ...windowOf(layer, reached),
        count_include_pad: int(sizeOf(counted) > 0 ? 1 : 0),
      });
    const pads = [0, 0, ...padsOf(counted).slice(0, 2), 0, 0, ...padsOf(counted).slice(2)];
    const lengths = graph.tensor("int64", `${path}/pads`, [8], BigInt64Array.from(pads, BigInt));
    const padded = graph.node("Pad", `${path}/padded`, [asMaps(graph, input, path), lengths]);
    const rest = [0, 1].map((side) => [0, 1].map((end) => reached[side]![end]! - counted[side]![end]!));
    return graph.node("AveragePool", path, [padded], windowOf(layer, rest as unknown as Margins));
  },
  globalPool: (_layer, input, path, { graph }) => graph.node("GlobalAveragePool", path, [asMaps(graph, input, path)]),
  adaptivePool({ grid }, input, path, { graph }) {
    const { height, width } = input.shape;
    const rows = graph.floats(`${path}/rows`, [grid, height], averages(height, grid).flat());
    const columns = averages(width, grid);
    const across = columns[0]!.flatMap((_, i) => columns.map((row) => row[i]!));
    const down = graph.node("MatMul", `${path}/down`, [rows, asMaps(graph, input, path)]);
    return graph.node("MatMul", path, [down, graph.floats(`${path}/columns`, [width, grid], across)]);
  },
  dropout: (_layer, { name }) => name,
  dense({ units }, input, path, { graph, storage, ...context }) {
    const layout = <Data extends Numbers>(data: Data) => dense(data, units, input.shape);
    const name = `${path}/kernel`;
    const kernel = addKernel[storage](graph, { ...weightOf(context, name), name, outputs: units, layout, axis: 1 });
    const bias = graph.tensor("float32", `${path}/bias`, [units], weightOf(context, `${path}/bias`).data);
    return graph.node("Gemm", path, [asRows(graph, input, path), kernel, bias]);
  },
};

type Numbers = Float32Array | Uint8Array | Uint16Array;
type Kernel = Pick<Parameters<(typeof addKernel)["float32"]>[1], "data" | "outputs" | "layout"> & {
  readonly groups: number;
};

function addConvolution(
  layer: PoolWindow,
  input: Value,
  path: string,
  { graph, storage, biasOf, weights }: Context,
  { groups, ...kernel }: Kernel,
): string {
  const inputs = [
    asMaps(graph, input, path),
    addKernel[storage](graph, { ...kernel, name: `${path}/kernel`, axis: 0 }),
  ];
  const bias = biasOf.get(path);
  if (bias !== undefined) {
    const { data } = weightOf({ weights }, `${bias}/bias`);
    inputs.push(graph.tensor("float32", `${bias}/bias`, [data.length], data));
  }
  return graph.node("Conv", path, inputs, {
    ...windowOf(layer, marginsIn(layer, input)),
    ...(groups > 1 ? { group: int(groups) } : {}),
  });
}

function weightOf({ weights }: Pick<Context, "weights">, name: string) {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`there is no weight ${name}`);
  return tensor;
}

type Margins = readonly [rows: Margin, columns: Margin];

const marginsIn = (layer: PoolWindow, { shape: { height, width } }: Value): Margins =>
  marginsOf(layer, [height, width]);

/** ONNX has the places before all sides first, then those after. */
const padsOf = ([rows, columns]: Margins): number[] => [rows[0], columns[0], rows[1], columns[1]];
const sizeOf = (margins: Margins): number => margins.flat().reduce((sum, places) => sum + places);

const windowOf = ({ kernel, stride }: PoolWindow, margins: Margins) => ({
  kernel_shape: ints(kernel),
  strides: ints([stride, stride]),
  pads: ints(padsOf(margins)),
});

/** A row for each window of an adaptive pool: what it multiplies each place by. */
const averages = (length: number, grid: number): number[][] =>
  adaptiveWindows(length, grid).map(([start, end]) =>
    Array.from({ length }, (_, i) => (i >= start && i < end ? 1 / (end - start) : 0)),
  );

/** For the layer `reader`: [batch, channels] as maps of 1x1. */
function asMaps(graph: GraphWriter, { name, flat = false, shape }: Value, reader: string): string {
  if (!flat) return name;
  const sides = BigInt64Array.of(0n, BigInt(shape.channels), 1n, 1n);
  return graph.node("Reshape", `${reader}/maps`, [name, graph.tensor("int64", `${reader}/shape`, [4], sides)]);
}

/** For the layer `reader`: maps as [batch, values], channel by channel. */
const asRows = (graph: GraphWriter, { name, flat = false }: Value, reader: string): string =>
  flat ? name : graph.node("Flatten", `${reader}/rows`, [name]);
