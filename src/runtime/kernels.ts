// Whose kernels the programs of this process run on.
import { UserError } from "../errors.ts";
import type { Rule } from "../graph/kernels.ts";
import { cpuFeatures, type Precision, vectorsOfKernels } from "./features.ts";

/** Commands set it from `--kernels`, and a process that is started inherits it. */
export const kernelsVariable = "INCEPTION_KERNELS";
export const kernelsWishes = ["auto", "tensorflow", "own"] as const;

/**
 * `auto`, or nothing, in INCEPTION_KERNELS is the project's own wherever they run, but for bfloat16 where the processor multiplies it in tiles
 * (AMX), which TensorFlow's use and ours do not. Throws UserError("usage") for another word, and for `own`
 * where none run.
 */
export function kernels(precision: Precision, features: readonly string[] = cpuFeatures()): Rule {
  const wish = process.env[kernelsVariable] || "auto";
  const own = vectorsOfKernels(features) !== undefined;
  const inTiles = precision === "bfloat16" && features.includes("amx_bf16");
  if (wish === "auto") return own && !inTiles ? "own" : "tensorflow";
  if (wish === "tensorflow" || (wish === "own" && own)) return wish;
  const got = JSON.stringify(wish);
  if (wish === "own")
    throw new UserError(
      "usage",
      `${kernelsVariable}: expected a processor with AVX2 for the project's own kernels, got none`,
      {
        hint: "auto takes TensorFlow's where there is none",
      },
    );
  throw new UserError("usage", `${kernelsVariable}: expected ${kernelsWishes.join(", ")}, got ${got}`);
}
