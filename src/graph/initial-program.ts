// Starting values alone: what a training program starts with from the same seed, without compiling one.
import { variables } from "../interpret/parameters.ts";
import type { Layer } from "../network/layer.ts";
import { Graph } from "./graph.ts";
import { initialVectors } from "./initial.ts";
import * as op from "./operations.ts";
import { savedModel } from "./saved-model.ts";
import { changing, type Layout, layOut } from "./state.ts";

/** Feed `seed` (int32, [2]); fetch `initial/<group>` for each group that a step changes. */
export function initialProgram(network: Layer, size: number): { readonly bytes: Uint8Array; readonly layout: Layout } {
  const graph = new Graph();
  const layout = layOut(variables(network, { height: size, width: size, channels: 3 }));
  const vectors = initialVectors(graph, { layout, whole: layout, seed: op.placeholder(graph, "seed", "int32", [2]) });
  for (const group of changing) op.identity(graph, vectors[group], initialEntry(group));
  return { bytes: savedModel(graph), layout };
}

export const initialEntry = (group: (typeof changing)[number]): string => `initial/${group}`;
