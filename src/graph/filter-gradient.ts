// The gradient of a convolution's filter by the project's own kernels (native/kernels/filter-gradient.cc and
// fast-filter-gradient.cc).
import { threads } from "./kernels.ts";
import type { Dims, Graph, Value } from "./node.ts";

/** `padding`: zeros above and to the left of the map. `fast` where there are matrices, with stride 1. */
type Slide = { readonly stride: number; readonly padding: readonly number[]; readonly fast: boolean };

/** In float32 whatever the maps are in; to the bit whatever the number of threads. */
export const ownFilterGradient = (graph: Graph, input: Value, filter: Dims, dy: Value, slide: Slide): Value =>
  graph.add({
    op: "InceptionFilterGradient",
    inputs: [input, dy],
    attributes: {
      filter: { ints: filter },
      padding: { ints: slide.padding },
      stride: { int: slide.stride },
      fast: { bool: slide.fast },
      T: { type: input.dtype },
      ...threads(graph),
    },
  })[0]!;
