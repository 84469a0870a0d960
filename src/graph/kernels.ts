// Who computes the convolutions and batch norms of a program: TensorFlow's kernels, or the project's own (native/).
import type { Sibling } from "../interpret/siblings.ts";
import type { Attributes, Graph } from "./node.ts";
import { type Dims, elements } from "./shape.ts";

/** TensorFlow's kernel, the project's plain sums of products, or its fast convolution. */
export const sides = ["tensorflow", "plain", "fast"] as const;
export type Side = (typeof sides)[number];

/** Those of a training step: `input` and `filter` are the gradients of these. */
export const passes = ["forward", "input", "filter"] as const;
/** Or forward with weights that stay: what a kernel makes of a filter is made before. */
export type Pass = (typeof passes)[number] | "inference";

/** One of the passes of a convolution. */
export interface Task {
  readonly pass: Pass;
  readonly dtype: "float32" | "bfloat16";
  /** [batch, height, width, channels] */
  readonly input: Dims;
  /** [rows, columns, channels, filters] */
  readonly filter: Dims;
  readonly stride: number;
}

/** TensorFlow's alone, or also the project's own by the rule below. */
export type Rule = "tensorflow" | "own";
/** Or each task by its name, and by the rule of `own` where it has none. */
export type Kernels = Rule | Readonly<Record<string, Side>>;

/** As in `filter bfloat16 8x35x35x192 1x7x192/1`. */
export const nameOf = ({ pass, dtype, input, filter: [rows, columns, , filters], stride }: Task): string =>
  `${pass} ${dtype} ${input.join("x")} ${rows}x${columns}x${filters}/${stride}`;

/** Convolutions of one map side by side are one task, whose filters are those of all. */
export const filterOf = (siblings: readonly Pick<Sibling, "layer">[], channels: number): Dims => [
  ...siblings[0]!.layer.kernel,
  channels,
  siblings.reduce((sum, { layer }) => sum + layer.filters, 0),
];

/** There are matrices for these. */
const sizes = new Set(["3x3", "5x5", "1x3", "3x1", "1x7", "7x1"]);

/** All that can compute it. */
export const ableSides = ({ filter, stride }: Task): readonly Side[] => [
  "tensorflow",
  "plain",
  ...(stride === 1 && sizes.has(filter.slice(0, 2).join("x")) ? (["fast"] as const) : []),
];

/** With fewer channels the transformations of maps cost more than the products that they save; with fewer places, that of the filter. */
const fewestChannels = 16;
const fewestPlaces = 256;

function isWorthwhile({ pass, dtype, input, filter }: Task): boolean {
  const places = elements(input.slice(0, 3));
  if (Math.min(filter[2]!, filter[3]!) < fewestChannels || places < fewestPlaces) return false;
  // Plain sums of bfloat16 come in pairs, which leaves the savings along one axis alone, and of few places, no gain.
  return (
    pass !== "filter" || dtype === "float32" || (Math.min(filter[0]!, filter[1]!) > 1 && places >= 4 * fewestPlaces)
  );
}

/** What a table says; of inference that of a training step's forward pass where it has no other. */
export const sideIn = (table: Readonly<Record<string, Side>>, name: string): Side | undefined =>
  table[name] ?? table[name.replace(/^inference /, "forward ")];

export function sideOf(kernels: Kernels, task: Task): Side {
  if (kernels === "tensorflow") return "tensorflow";
  const able = ableSides(task);
  const said = kernels === "own" ? undefined : sideIn(kernels, nameOf(task));
  if (said && able.includes(said)) return said;
  if (able.includes("fast") && isWorthwhile(task)) return "fast";
  return task.pass === "filter" ? "plain" : "tensorflow";
}

/** How many threads an operation of ours may use. */
export const threads = (graph: Graph): Attributes => ({ threads: { int: graph.threads } });
