// Random weights for any network, its batch norms' statistics far from those of a start.
import { type Variable, variables } from "../../src/interpret/parameters.ts";
import type { Layer } from "../../src/network/layer.ts";
import { type NdArray, random } from "./run.ts";

/** Means of both signs, variances from 0.5 to 2. */
export function randomWeights(network: Layer, size: number): Map<string, NdArray> {
  return new Map(
    variables(network, { height: size, width: size, channels: 3 }).map((variable, i) => {
      const noise = random(variable.shape, i + 1);
      return [variable.name, { shape: variable.shape, data: noise.data.map((value) => scaled(variable, value)) }];
    }),
  );
}

function scaled({ kind, shape, initial }: Variable, value: number): number {
  const of = {
    kernel: () => value * (shape.length === 2 ? 0.3 : initial.kind === "truncatedNormal" ? initial.deviation : 1),
    bias: () => 0.2 * value,
    gamma: () => 1 + 0.2 * value,
    beta: () => 0.2 * value,
    movingMean: () => 0.3 * value,
    movingVariance: () => 2 ** (value / Math.sqrt(3)),
  };
  return of[kind]();
}
