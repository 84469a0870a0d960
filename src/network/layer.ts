// Everything a network may contain, as plain frozen data: no tensors, no state, no input or output.

export type Size = readonly [height: number, width: number];
export type Window = { readonly kernel: Size; readonly stride: number; readonly padding: "same" | "valid" };

/** How a kernel starts: He's normal (truncated), or a truncated normal of the given standard deviation. */
export type Initial = "he" | number;

export type Primitive =
  | ({ readonly type: "conv"; readonly filters: number; readonly initial: Initial } & Window)
  | ({ readonly type: "depthwise"; readonly multiplier: number; readonly initial: Initial } & Window)
  | { readonly type: "bias" }
  | { readonly type: "batchNorm"; readonly scale: boolean; readonly epsilon: number }
  /** Each value over (1 + alpha / size * the sum of squares of the `size` channels around it) ^ beta. */
  | { readonly type: "responseNorm"; readonly size: number; readonly alpha: number; readonly beta: number }
  | { readonly type: "relu" }
  | ({ readonly type: "maxPool" } & Window)
  /** `divisor`: "valid" divides by the number of real pixels (TensorFlow), "full" by the kernel's area (torchvision). */
  | ({ readonly type: "averagePool"; readonly divisor: "valid" | "full" } & Window)
  | { readonly type: "globalPool" }
  | { readonly type: "dropout"; readonly rate: number }
  | { readonly type: "dense"; readonly units: number; readonly initial: Initial };

export type PrimitiveType = Primitive["type"];
export type Children = Readonly<Record<string, Layer>>;

export type Layer =
  | Primitive
  /** One after another. */
  | { readonly type: "chain"; readonly children: Children }
  /** Side by side on the same input, joined on channels in this order. */
  | { readonly type: "concat"; readonly children: Children }
  /** An auxiliary classifier on the side; the input passes on unchanged. */
  | { readonly type: "tap"; readonly head: Layer };
