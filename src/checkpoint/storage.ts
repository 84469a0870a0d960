// In how many bits kernels are stored where that may cost accuracy. Biases and what a norm keeps are few, and stay float32.
import type { Variable } from "../interpret/parameters.ts";
import type { Storage } from "../published/choices.ts";
import { narrow, widen } from "./half-floats.ts";
import type { Tensor, Tensors } from "./safetensors.ts";

/** A kernel in 256 levels for each of its outputs, of which one is exactly zero: a weight is (level - zero) * scale of its output. */
export interface Levels {
  readonly levels: Uint8Array;
  readonly scales: Float32Array;
  readonly zeros: Uint8Array;
}

/** How many outputs a kernel has: they are its last axis, of a depthwise one the last two. */
export const outputsOf = ({ shape, matrix }: Pick<Variable, "shape" | "matrix">): number =>
  shape.length === 4 && !matrix ? shape[2]! * shape[3]! : shape.at(-1)!;

/** From the least weight of each output, or zero, to its greatest, or zero; each to the nearest level. */
export function toLevels(kernel: Float32Array, outputs: number): Levels {
  const [least, greatest] = [new Float64Array(outputs), new Float64Array(outputs)];
  for (const [i, weight] of kernel.entries()) {
    const output = i % outputs;
    if (weight < least[output]!) least[output] = weight;
    if (weight > greatest[output]!) greatest[output] = weight;
  }
  const scales = Float32Array.from(least, (low, i) => Math.fround((greatest[i]! - low) / 255) || 1);
  const zeros = Uint8Array.from(least, (low, i) => Math.round(-low / scales[i]!));
  const level = (weight: number, output: number): number =>
    Math.min(255, Math.max(0, Math.round(weight / scales[output]!) + zeros[output]!));
  return { levels: Uint8Array.from(kernel, (weight, i) => level(weight, i % outputs)), scales, zeros };
}

export function fromLevels({ levels, scales, zeros }: Levels): Float32Array {
  const outputs = scales.length;
  return Float32Array.from(levels, (level, i) => (level - zeros[i % outputs]!) * scales[i % outputs]!);
}

/** What is read again of a kernel that was stored so. */
export const asStored: Readonly<Record<Storage, (kernel: Float32Array, outputs: number) => Float32Array>> = {
  float32: (kernel) => kernel,
  float16: (kernel) => widen(narrow(kernel, "F16"), "F16"),
  uint8: (kernel, outputs) => fromLevels(toLevels(kernel, outputs)),
};

/** Kernels as they are stored: in a file of tensors those of uint8 have their scales and zeros beside them. */
export function packed(tensors: Tensors, variables: readonly Variable[], storage: Storage): Tensors {
  const kernels = new Map(
    variables.filter(({ kind }) => kind === "kernel").map((variable) => [variable.name, variable]),
  );
  return new Map(
    [...tensors].flatMap(([name, tensor]) => {
      const kernel = kernels.get(name);
      return kernel === undefined ? [[name, tensor] as const] : packings[storage](kernel, tensor);
    }),
  );
}

type Named = readonly [name: string, tensor: Tensor];

const packings: Readonly<Record<Storage, (kernel: Variable, tensor: Tensor) => Named[]>> = {
  float32: ({ name }, tensor) => [[name, tensor]],
  float16: ({ name }, tensor) => [[name, { ...tensor, stored: "F16" }]],
  uint8(kernel, { shape, data }) {
    const outputs = outputsOf(kernel);
    const { levels, scales, zeros } = toLevels(data as Float32Array, outputs);
    return [
      [kernel.name, { shape, data: levels }],
      [`${kernel.name}/scale`, { shape: [outputs], data: scales }],
      [`${kernel.name}/zero`, { shape: [outputs], data: zeros }],
    ];
  },
};

/** The other way. What lacks its scales or zeros stays as it is. */
export function unpacked(tensors: Tensors): Tensors {
  const found = new Map(tensors);
  for (const [name, { shape, data }] of tensors) {
    const [scale, zero] = [tensors.get(`${name}/scale`)?.data, tensors.get(`${name}/zero`)?.data];
    if (!(data instanceof Uint8Array && scale instanceof Float32Array && zero instanceof Uint8Array)) continue;
    if (zero.length !== scale.length) continue;
    found.delete(`${name}/scale`);
    found.delete(`${name}/zero`);
    found.set(name, { shape, data: fromLevels({ levels: data, scales: scale, zeros: zero }) });
  }
  return found;
}
