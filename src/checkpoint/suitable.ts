// Whether a checkpoint's tensors are those that its network needs: one that verifies may still come from anybody.
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { visibleName } from "../visible.ts";
import type { FsPort } from "./files.ts";
import { fileOf, parts } from "./manifest.ts";
import type { Tensor, Tensors } from "./safetensors.ts";
import { type Checkpoint, readCheckpoint } from "./store.ts";
import { variablesOf } from "./variables.ts";

/** As `readCheckpoint`; throws UserError("checkpoint") naming file and tensor, too, where its tensors do not suit its network. */
export function readSuitable(path: string, fs?: FsPort): Checkpoint {
  const checkpoint = readCheckpoint(path, fs);
  requireSuitable(checkpoint, path);
  return checkpoint;
}

const longestName = 100;
/** How names in an optimizer's state begin: `momentum/` and other slots of `graph/optimizer.ts`. */
const slot = /^[a-z]+\//i;

/**
 * Weights and averages are one float32 tensor of its shape for each variable, and no other; what an optimizer keeps is of its variable's shape.
 * Every number is finite.
 */
export function requireSuitable({ files, state }: Checkpoint, path: string): void {
  const wanted = new Map(variablesOf(state).map(({ name, shape }) => [name, shape]));
  for (const part of parts) {
    const tensors = files[part];
    if (tensors === undefined) continue;
    const own = part === "optimizer" ? (name: string) => name.replace(slot, "") : (name: string) => name;
    const missing = part === "optimizer" ? undefined : [...wanted.keys()].find((name) => !tensors.has(name));
    const problem =
      missing === undefined ? firstProblem(tensors, (name) => wanted.get(own(name))) : `tensor "${missing}" is missing`;
    if (problem !== undefined)
      throw new UserError("checkpoint", `${join(path, fileOf(part))} does not suit its network: ${problem}`);
  }
}

function firstProblem(tensors: Tensors, shapeOf: (name: string) => readonly number[] | undefined): string | undefined {
  for (const [name, tensor] of tensors) {
    const problem = problemOf(tensor, shapeOf(name));
    if (problem !== undefined) return `tensor "${visibleName(name.slice(0, longestName))}" ${problem}`;
  }
  return undefined;
}

function problemOf({ data, shape }: Tensor, expected: readonly number[] | undefined): string | undefined {
  if (expected === undefined) return "is none of its";
  if (!(data instanceof Float32Array)) return "holds no float32 numbers";
  if (shape.join() !== expected.join()) return `is [${shape.join(", ")}], expected [${expected.join(", ")}]`;
  const at = firstNotFinite(data);
  return at === data.length ? undefined : `holds ${data[at]}, expected finite numbers`;
}

/** The place of the first NaN or infinity; the length where there is none. */
export function firstNotFinite(values: ArrayLike<number>): number {
  let at = 0;
  while (at < values.length && Number.isFinite(values[at]!)) at++;
  return at;
}
