// Convolutions of one map side by side by the project's own kernels (native/side-by-side-operations.cc): a pass over the map
// for all of them, forward, for the gradient of the map and for those of the filters. By plain sums; filters and sums are
// float32, maps float32 or bfloat16.
import { marginsOf, slideOver } from "../network/grid.ts";
import type { Window } from "../network/layer.ts";
import { threads } from "./kernels.ts";
import type { Attributes, Graph, Value } from "./node.ts";
import { T } from "./operation.ts";
import * as op from "./operations.ts";

/** Places of the filters, zeros above and to the left of the map. */
export interface Slide {
  readonly window: readonly number[];
  readonly padding: readonly number[];
  readonly stride: number;
}

/** An output for each filter; with a bias for each, and the ReLU after it, where there are any. */
export function ownConvolutions(
  graph: Graph,
  input: Value,
  filters: readonly Value[],
  { window, biases = [], name }: { window: Window; biases?: readonly Value[]; name?: string | undefined },
): Value[] {
  const sides = [input.shape[1]!, input.shape[2]!] as const;
  const slide = {
    window: window.kernel,
    padding: marginsOf(window, sides).map(([before]) => before),
    stride: window.stride,
  };
  const attributes = {
    ...attributesOf(slide, filters.length),
    map: { ints: slideOver(window, sides) },
    sources: { int: 1 },
    targets: { int: filters.length },
    biases: { int: biases.length },
    backward: { bool: false },
    relu: { bool: biases.length > 0 },
    ...T(input),
    ...threads(graph),
  };
  return graph.add({ op: "InceptionConvolutions", inputs: [input, ...filters, ...biases], attributes, name });
}

/** The sum over all outputs: the gradient of the input. */
export function ownSourceGradient(
  graph: Graph,
  { input, filters, slide }: { readonly input: Value; readonly filters: readonly Value[]; readonly slide: Slide },
  dys: readonly Value[],
): Value {
  const around = slide.padding.map((zeros, side) => slide.window[side]! - 1 - zeros);
  const attributes = {
    ...attributesOf({ ...slide, padding: around }, filters.length),
    map: { ints: input.shape.slice(1, 3) },
    sources: { int: dys.length },
    targets: { int: 1 },
    biases: { int: 0 },
    backward: { bool: true },
    relu: { bool: false },
    ...T(input),
    ...threads(graph),
  };
  const wide = filters.map((filter) => op.cast(graph, filter, "float32"));
  return graph.add({ op: "InceptionConvolutions", inputs: [...dys, ...wide], attributes })[0]!;
}

/** The gradient of each filter, in float32 whatever the maps are in; to the bit whatever the number of threads. */
export const ownFilterGradients = (graph: Graph, input: Value, dys: readonly Value[], slide: Slide): Value[] =>
  graph.add({
    op: "InceptionFilterGradients",
    inputs: [input, ...dys],
    attributes: { ...attributesOf(slide, dys.length), ...T(input), ...threads(graph) },
  });

const attributesOf = ({ window, padding, stride }: Slide, count: number): Attributes => ({
  window: { ints: window },
  padding: { ints: padding },
  stride: { int: stride },
  count: { int: count },
});
