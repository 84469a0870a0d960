// Which runs have their step compiled for a GPU.
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { Arithmetic } from "../runtime/arithmetic.ts";
import { hasGpuCompiler } from "../runtime/compiler.ts";
import { device } from "../runtime/device.ts";
import type { Precision } from "../runtime/features.ts";

/** Fewer are not made faster by as much as compiling takes. Of Inception-v3 on an H200: 26 ms of a step in bfloat16 and 4 in float32, for 77 and 100 s. */
export const stepsThatRepay: Readonly<Record<Precision, number>> = { bfloat16: 3_000, float32: 25_000 };

type Stepping = { readonly precision: Precision; readonly steps: number };

/**
 * Of so many steps of one program, taken by one process.
 *
 * @throws UserError("checkFailed") where it must be, on a GPU, and the engine has no compiler.
 */
export function compilerFor(
  compile: Experiment["train"]["compile"],
  { precision, steps }: Stepping,
): Pick<Arithmetic, "compiler"> {
  const repays = steps >= stepsThatRepay[precision];
  const wanted = device() === "cuda" && (compile === "on" || (compile === "auto" && repays));
  if (wanted && hasGpuCompiler()) return { compiler: "xla" };
  if (!wanted || compile === "auto") return {};
  throw new UserError("checkFailed", "train.compile: this engine for GPUs has no compiler.", {
    hint: "`inception setup --device cuda --force` gets it; `--set train.compile=off` does without",
  });
}
