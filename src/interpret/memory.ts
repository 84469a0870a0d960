// Reads a network as the memory that its maps take: all that the backward pass needs, or the most alive at one time.
import { fold } from "../network/fold.ts";
import type { Layer, Primitive, PrimitiveType } from "../network/layer.ts";
import { pick, type Table } from "../network/table.ts";
import { joinChannels, type Shape, shapeOf, valuesIn } from "./shapes.ts";

export type ActivationMemory = {
  /** Bytes of every map that a gradient reads, auxiliary head included. */
  readonly training: number;
  /** Most bytes alive at one time when a map is freed after its last reader and batch norm is folded away. */
  readonly inference: number;
};

/**
 * Bytes of activations for a batch, each value `bytes` long (4 for float32, 2 for bfloat16). A lower bound: weights,
 * gradients and the convolutions' own scratch space come on top.
 */
export function activationMemory(
  network: Layer,
  input: Shape,
  { batch = 1, bytes = 4 }: { batch?: number; bytes?: number } = {},
): ActivationMemory {
  const scale = batch * bytes;
  return {
    training: scale * total(keptForGradients(network, input)),
    inference: scale * peak(network, input),
  };
}

/** The maps that the gradients of all layers read, each once; a map is told from another by identity. */
function keptForGradients(network: Layer, input: Shape): Set<Shape> {
  const kept = new Set<Shape>();
  fold(network, input, {
    primitive(layer, from) {
      const output = { ...pick(shapeOf, layer, from) };
      for (const map of pick(readByGradient, layer, from, output)) kept.add(map);
      return output;
    },
    concat: joinChannels,
    tap: () => {},
  });
  return kept;
}

const itsInput = (_layer: Primitive, input: Shape): readonly Shape[] => [input];
const itsOutput = (_layer: Primitive, _input: Shape, output: Shape): readonly Shape[] => [output];
const both = (_layer: Primitive, input: Shape, output: Shape): readonly Shape[] => [input, output];
const nothing = (): readonly Shape[] => [];

const readByGradient: Table<[input: Shape, output: Shape], readonly Shape[]> = {
  conv: itsInput,
  depthwise: itsInput,
  batchNorm: itsInput,
  dense: itsInput,
  relu: itsOutput,
  maxPool: both,
  responseNorm: both,
  // As large as its output.
  dropout: itsOutput,
  averagePool: nothing,
  globalPool: nothing,
  adaptivePool: nothing,
  bias: nothing,
};

/** One step of inference: it reads maps that earlier steps wrote, and writes one. */
type Operation = { readonly path: string; readonly reads: readonly Shape[]; readonly writes: Shape };

function peak(network: Layer, input: Shape): number {
  const operations = inferenceOperations(network, input);
  const lastRead = new Map<Shape, number>();
  for (const [index, { reads }] of operations.entries()) for (const map of reads) lastRead.set(map, index);
  let alive = new Set([input]);
  let most = 0;
  for (const [index, { writes }] of operations.entries()) {
    alive.add(writes);
    most = Math.max(most, total(alive));
    alive = new Set([...alive].filter((map) => (lastRead.get(map) ?? -1) > index));
  }
  return most;
}

function inferenceOperations(network: Layer, input: Shape): Operation[] {
  let operations: Operation[] = [];
  const write = (path: string, reads: readonly Shape[], writes: Shape): Shape => {
    operations.push({ path, reads, writes });
    return writes;
  };
  fold(network, input, {
    primitive: (layer, from, path) =>
      inPlace[layer.type] ? from : write(path, [from], { ...pick(shapeOf, layer, from) }),
    concat: (branches, path) => write(path, branches, joinChannels(branches, path)),
    tap(_output, path) {
      operations = operations.filter((operation) => !operation.path.startsWith(`${path}/`));
    },
  });
  return operations;
}

/** Whether inference does the layer inside the one before it. */
const inPlace: Readonly<Record<PrimitiveType, boolean>> = {
  batchNorm: true,
  bias: true,
  relu: true,
  dropout: true,
  conv: false,
  depthwise: false,
  responseNorm: false,
  maxPool: false,
  averagePool: false,
  globalPool: false,
  adaptivePool: false,
  dense: false,
};

const total = (maps: Iterable<Shape>): number => [...maps].reduce((sum, map) => sum + valuesIn(map), 0);
