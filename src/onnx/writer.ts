// An ONNX graph as it grows: nodes in their order, and the tensors that they read.
import type { ElementType, OnnxAttribute, OnnxNode, OnnxTensor } from "./messages.ts";

export class GraphWriter {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];

  /** Gives the name, which is the node's and that of what it gives. */
  node(
    operation: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    this.nodes.push({ operation, name, inputs, attributes });
    return name;
  }

  tensor(type: ElementType, name: string, shape: readonly number[], data: ArrayBufferView): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.tensors.push({ name, type, shape, bytes });
    return name;
  }

  floats(name: string, shape: readonly number[], values: readonly number[]): string {
    return this.tensor("float32", name, shape, Float32Array.from(values));
  }
}

export const int = (value: number): OnnxAttribute => ({ int: value });
export const ints = (values: readonly number[]): OnnxAttribute => ({ ints: values });
export const float = (value: number): OnnxAttribute => ({ float: value });
