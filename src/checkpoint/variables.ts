// The variables of a checkpoint's network, and so how large its files may be.
import { foldedNetwork } from "../interpret/folded.ts";
import { sizeOf, type Variable, variables } from "../interpret/parameters.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { Part } from "./manifest.ts";
import { largestHeader } from "./safetensors.ts";
import type { CheckpointState } from "./state.ts";

type Described = Pick<CheckpointState, "network" | "preprocessing" | "folded">;

/** With those of auxiliary heads, which depend on the input's size, where it is no model for inference. */
export function variablesOf({ network, preprocessing: { size }, folded }: Described): Variable[] {
  const trained = buildNetwork(network, size);
  return variables(folded ? foldedNetwork(trained).network : trained, { height: size, width: size, channels: 3 });
}

/** More vectors than any optimizer of `graph/optimizer.ts` keeps beside a weight. */
const mostSlots = 4;

/** The most bytes that each file may have. */
export function mostBytes(state: Described): Readonly<Record<Part, number>> {
  const numbers = variablesOf(state).reduce((sum, variable) => sum + sizeOf(variable), 0);
  const most = (sets: number) => largestHeader + sets * numbers * Float64Array.BYTES_PER_ELEMENT;
  return { weights: most(1), average: most(1), optimizer: most(mostSlots) };
}
