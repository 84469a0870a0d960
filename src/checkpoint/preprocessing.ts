// How pictures reach a checkpoint's network, as its manifest says.
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { type Preprocessing, preprocessingSchema } from "../network/preprocessing.ts";
import { type CheckpointState, manifestFile } from "./manifest.ts";

/** Throws UserError("checkpoint") where it is nothing that this version knows. */
export function preprocessingIn({ preprocessing }: CheckpointState, path: string): Preprocessing {
  const result = preprocessingSchema.safeParse(preprocessing);
  if (result.success) return result.data;
  const { path: keys, message, code } = result.error.issues[0]!;
  throw new UserError(
    "checkpoint",
    `${join(path, manifestFile)}: ${["preprocessing", ...keys].join(".")}: ${message}`,
    code === "unrecognized_keys" ? { hint: "a newer version of inception has written it" } : {},
  );
}
