// The tensors of one file as they are found: each name once, each with as many numbers as its shape says.
import type { ForeignTensor } from "../foreign.ts";
import { refused, shown } from "./refused.ts";

/** More numbers than a file of 2 GiB of float32 holds: what claims so many is damaged, or made to fill the memory. */
const mostNumbers = 2 ** 29;
const mostDimensions = 16;
const reserved: ReadonlySet<string> = new Set(["", "__proto__", "constructor", "prototype"]);

export interface FoundTensors {
  readonly tensors: ReadonlyMap<string, ForeignTensor>;
  /** Throws UserError("foreignWeights") for a name that is not allowed or given twice, and for numbers that do not fit the shape. */
  add(name: string, shape: readonly number[], data: Float32Array): void;
}

export function foundTensors(file: string): FoundTensors {
  const tensors = new Map<string, ForeignTensor>();
  let total = 0;
  return {
    tensors,
    add(name, shape, data) {
      if (reserved.has(name)) throw refused(file, `the tensor name "${shown(name)}" is not allowed`);
      if (tensors.has(name)) throw refused(file, `tensor "${shown(name)}" stands twice`);
      const expected = elementsOf(file, name, shape);
      if (data.length !== expected) {
        throw refused(
          file,
          `tensor "${shown(name)}" of shape [${shape}] takes ${expected} numbers, got ${data.length}`,
        );
      }
      total += expected;
      if (total > mostNumbers) throw refused(file, `its tensors have more than ${mostNumbers} numbers together`);
      tensors.set(name, { shape, data });
    },
  };
}

/** How many numbers a tensor of this shape has. Throws UserError("foreignWeights") for a shape that no weights have. */
export function elementsOf(file: string, name: string, shape: readonly number[]): number {
  const count = shape.reduce((product, size) => product * size, 1);
  const sound = shape.length <= mostDimensions && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (sound && count <= mostNumbers) return count;
  const claimed = shape.length <= mostDimensions ? `the shape [${shape}]` : `${shape.length} dimensions`;
  throw refused(file, `tensor "${shown(name)}" has ${claimed}, expected at most ${mostNumbers} numbers`);
}
