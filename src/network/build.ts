// Short words for writing networks down.
import type { Children, Initial, Layer, Padding, PoolWindow, Size, Window } from "./layer.ts";

type Kernel = number | Size;
/** A number stands for as many places before and after, in rows and columns. */
export type WindowOptions = { stride?: number; padding?: Padding | number };
type PoolOptions = WindowOptions & { ceil?: boolean };

const size = (kernel: Kernel): Size => (typeof kernel === "number" ? [kernel, kernel] : kernel);
const window = (kernel: Kernel, { stride = 1, padding = "same" }: WindowOptions): Window => ({
  kernel: size(kernel),
  stride,
  padding: typeof padding === "number" ? around(padding) : padding,
});
const around = (places: number): Padding => ({ rows: [places, places], columns: [places, places] });
const poolWindow = (kernel: Kernel, options: PoolOptions): PoolWindow => ({
  ...window(kernel, options),
  ...(options.ceil ? { ceil: true } : {}),
});
const named = (children: Children | readonly Layer[]): Children =>
  Array.isArray(children) ? Object.fromEntries(children.map((child, i) => [`${i}`, child])) : (children as Children);

export const chain = (children: Children | readonly Layer[]): Layer => ({ type: "chain", children: named(children) });
export const concat = (children: Children | readonly Layer[]): Layer => ({ type: "concat", children: named(children) });
export const tap = (head: Layer): Layer => ({ type: "tap", head });

export const conv = (filters: number, kernel: Kernel, options: WindowOptions & { initial?: Initial } = {}): Layer => ({
  type: "conv",
  filters,
  initial: options.initial ?? "he",
  ...window(kernel, options),
});
export const depthwise = (
  multiplier: number,
  kernel: Kernel,
  options: WindowOptions & { initial?: Initial } = {},
): Layer => ({ type: "depthwise", multiplier, initial: options.initial ?? "he", ...window(kernel, options) });
export const bias: Layer = { type: "bias" };
export const batchNorm = (scale: boolean, epsilon = 0.001): Layer => ({ type: "batchNorm", scale, epsilon });
export const responseNorm = (size: number, alpha: number, beta: number): Layer => ({
  type: "responseNorm",
  size,
  alpha,
  beta,
});
export const relu: Layer = { type: "relu" };
export const maxPool = (kernel: Kernel, options: PoolOptions = {}): Layer => ({
  type: "maxPool",
  ...poolWindow(kernel, options),
});
export const averagePool = (kernel: Kernel, options: PoolOptions & { divisor?: "valid" | "full" } = {}): Layer => ({
  type: "averagePool",
  divisor: options.divisor ?? "valid",
  ...poolWindow(kernel, options),
});
export const globalPool: Layer = { type: "globalPool" };
export const adaptivePool = (grid: number): Layer => ({ type: "adaptivePool", grid });
export const dropout = (rate: number): Layer => ({ type: "dropout", rate });
export const dense = (units: number, initial: Initial = "he"): Layer => ({ type: "dense", units, initial });
