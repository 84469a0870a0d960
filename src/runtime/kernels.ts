// Whose kernels the programs of this process run on.
import { existsSync } from "node:fs";
import { UserError } from "../errors.ts";
import type { Rule } from "../graph/kernels.ts";
import { features, type Precision, vectorsOfKernels } from "./features.ts";

/** Commands set it from `--kernels`, and a process that is started inherits it. */
export const kernelsVariable = "INCEPTION_KERNELS";
export const kernelsWords = ["auto", "tensorflow", "own"] as const;

export type Wish =
  | { readonly by: "race" }
  | { readonly by: "word"; readonly rule: Rule }
  | { readonly by: "file"; readonly path: string };

/**
 * `auto`, or nothing, in INCEPTION_KERNELS is a race for each convolution. Throws UserError("usage") for what is no such word
 * and no file, and for `own` or a table where none run.
 */
export function kernelsWish(having: readonly string[] = features()): Wish {
  const wish = process.env[kernelsVariable] || "auto";
  if (wish === "auto") return { by: "race" };
  if (wish === "tensorflow") return { by: "word", rule: wish };
  const file = wish !== "own" && existsSync(wish);
  if ((wish === "own" || file) && !vectorsOfKernels(having))
    throw new UserError(
      "usage",
      `${kernelsVariable}: expected a processor with AVX2 for the project's own kernels, got ${having.includes("cuda") ? "a GPU" : "none"}`,
      { hint: "auto takes TensorFlow's where there is none" },
    );
  if (wish === "own") return { by: "word", rule: wish };
  if (file) return { by: "file", path: wish };
  const got = JSON.stringify(wish);
  throw new UserError("usage", `${kernelsVariable}: expected ${kernelsWords.join(", ")} or a file, got ${got}`);
}

/**
 * The rule of a program without races: `auto` is the project's own wherever they run, but for bfloat16 where the processor
 * multiplies it as matrices (AMX), which all of TensorFlow's use and of ours plain sums alone.
 */
export function kernels(precision: Precision, having: readonly string[] = features()): Rule {
  const wish = kernelsWish(having);
  if (wish.by === "word") return wish.rule;
  const asMatrices = precision === "bfloat16" && having.includes("amx_bf16");
  return vectorsOfKernels(having) && !asMatrices ? "own" : "tensorflow";
}
