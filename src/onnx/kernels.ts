// A kernel in an ONNX graph, in each form of storage: the graph itself widens what is stored in fewer bits.
import { narrow } from "../checkpoint/half-floats.ts";
import { toLevels } from "../checkpoint/storage.ts";
import type { Storage } from "../published/choices.ts";
import type { Laid } from "./layouts.ts";
import { elementType } from "./messages.ts";
import { type GraphWriter, int } from "./writer.ts";

export interface StoredKernel {
  readonly name: string;
  readonly data: Float32Array;
  readonly outputs: number;
  /** The layout that the operation reads, and the axis of the outputs in it. */
  readonly layout: <Data extends Float32Array | Uint8Array | Uint16Array>(data: Data) => Laid<Data>;
  readonly axis: number;
}

/**
 * Adds it; gives the name of its float32 form. Levels are widened by plain arithmetic, which runtimes do once, as they load the file:
 * onnxruntime takes DequantizeLinear before a convolution for leave to compute with fewer bits.
 */
export const addKernel: Readonly<Record<Storage, (graph: GraphWriter, kernel: StoredKernel) => string>> = {
  float32(graph, { name, data, layout }) {
    const laid = layout(data);
    return graph.tensor("float32", name, laid.shape, laid.data);
  },
  float16(graph, { name, data, layout }) {
    const laid = layout(narrow(data, "F16"));
    const stored = graph.tensor("float16", `${name}/float16`, laid.shape, laid.data);
    return graph.node("Cast", name, [stored], { to: int(elementType.float32) });
  },
  uint8(graph, { name, data, outputs, layout, axis }) {
    const { levels, scales, zeros } = toLevels(data, outputs);
    const laid = layout(levels);
    const perOutput = laid.shape.map((_, i) => (i === axis ? outputs : 1));
    const stored = graph.tensor("uint8", `${name}/levels`, laid.shape, laid.data);
    const real = graph.node("Cast", `${name}/float32`, [stored], { to: int(elementType.float32) });
    const centred = graph.node("Sub", `${name}/centred`, [real, graph.floats(`${name}/zero`, perOutput, [...zeros])]);
    return graph.node("Mul", name, [centred, graph.floats(`${name}/scale`, perOutput, [...scales])]);
  },
};
