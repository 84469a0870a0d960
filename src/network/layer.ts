// Everything a network may contain, as plain frozen data: no tensors, no state, no input or output.

export type Size = readonly [height: number, width: number];
/** Places beyond the edge, before the first row or column and after the last; zero, or for max pools nothing. */
export type Margin = readonly [before: number, after: number];
/** TensorFlow's `same` (as few as keep length / stride, rounded up) and `valid` (none), or as many as given. */
export type Padding = "same" | "valid" | { readonly rows: Margin; readonly columns: Margin };
export type Window = { readonly kernel: Size; readonly stride: number; readonly padding: Padding };
/**
 * `ceil`: where the last window does not fit, it reaches over the edge, as long as it starts on the map or on the padding
 * before it (PyTorch's ceil_mode); it changes nothing where the padding is `same`.
 */
export type PoolWindow = Window & { readonly ceil?: boolean };

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
  | ({ readonly type: "maxPool" } & PoolWindow)
  /**
   * `divisor`: "valid" divides by the number of real pixels (TensorFlow), "full" by that of pixels and padding: the kernel's
   * area, but where `ceil` has it reach over both (torchvision).
   */
  | ({ readonly type: "averagePool"; readonly divisor: "valid" | "full" } & PoolWindow)
  | { readonly type: "globalPool" }
  /**
   * `grid` x `grid` averages over windows that cover the map, the i-th along a side from floor(i * length / grid) to
   * ceil((i + 1) * length / grid) (PyTorch's AdaptiveAvgPool2d).
   */
  | { readonly type: "adaptivePool"; readonly grid: number }
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
