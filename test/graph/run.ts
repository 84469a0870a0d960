// Runs small graphs in the engine: named arrays in, named arrays out.
import { Graph } from "../../src/graph/graph.ts";
import { elements, type Value } from "../../src/graph/node.ts";
import * as op from "../../src/graph/operations.ts";
import { savedModel } from "../../src/graph/saved-model.ts";
import { type Feed, openSession } from "../../src/runtime/session.ts";

export type NdArray = { readonly shape: readonly number[]; readonly data: Float32Array };
export type Named<T, Name extends string = string> = Readonly<Record<Name, T>>;

export const names = <Name extends string>(record: Named<unknown, Name>): Name[] => Object.keys(record) as Name[];
export const mapped = <Name extends string, A, B>(
  record: Named<A, Name>,
  to: (value: A, name: Name) => B,
): Named<B, Name> => Object.fromEntries(names(record).map((name) => [name, to(record[name], name)])) as Named<B, Name>;

/** Feeds the inputs as raw float32, builds the graph on them and fetches what `build` returns, in float32. */
export function run<In extends string, Out extends string>(
  inputs: Named<NdArray, In>,
  build: (graph: Graph, values: Named<Value, In>) => Named<Value, Out>,
): Named<NdArray, Out> {
  const graph = new Graph();
  const values = mapped(inputs, ({ shape }, name) =>
    op.decodeRaw(graph, op.placeholder(graph, `in/${name}`, "string", []), "float32", shape),
  );
  const outputs = build(graph, values);
  for (const name of names(outputs)) op.identity(graph, op.cast(graph, outputs[name], "float32"), `out/${name}`);
  const session = openSession(savedModel(graph));
  try {
    const feeds = Object.fromEntries(names(inputs).map((name) => [`in/${name}`, raw(inputs[name].data)]));
    const tensors = session.run(
      feeds,
      names(outputs).map((name) => `out/${name}`),
    );
    return Object.fromEntries(names(outputs).map((name, i) => [name, tensors[i]])) as Named<NdArray, Out>;
  } finally {
    session.close();
  }
}

export const raw = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Feed => ({
  dtype: "string",
  value: new Uint8Array(buffer, byteOffset, byteLength),
});
export const int32 = (...values: number[]): Feed => ({
  dtype: "int32",
  shape: [values.length],
  value: Int32Array.from(values),
});
export const float32 = (value: number): Feed => ({ dtype: "float32", shape: [], value: Float32Array.of(value) });

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers of variance 1 and mean 0, uniform. */
export function random(shape: readonly number[], seed: number): NdArray {
  const next = uniform(seed);
  return { shape, data: Float32Array.from({ length: elements(shape) }, () => (next() * 2 - 1) * Math.sqrt(3)) };
}

/** The same numbers to the bit; a comparison that stays quick where thousands differ. */
export const sameBits = (a: ArrayBufferView, b: ArrayBufferView): boolean => bytesOf(a).equals(bytesOf(b));
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);

/** ||a - b|| / ||b||. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  let [difference, whole] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    whole += b[i]! ** 2;
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(whole), Number.MIN_VALUE);
}
