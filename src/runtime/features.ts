// What this machine's processor can do, as far as it decides speed and precision.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export type Precision = "float32" | "bfloat16";

/** The features that matter here, in the kernel's spelling; all others are left out. */
const relevant = ["avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "asimd", "sve", "bf16"];

/** Those of `relevant` that this processor has; empty where the system does not say. */
export const cpuFeatures = (): string[] => {
  try {
    return process.platform === "darwin" ? macFeatures() : parseCpuInfo(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return [];
  }
};

/** Reads the flags of the first processor in Linux's /proc/cpuinfo (`flags` on x86, `Features` on ARM). */
export function parseCpuInfo(text: string): string[] {
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/));
  return relevant.filter((feature) => flags.has(feature));
}

/**
 * `auto` is bfloat16 where the processor multiplies it in hardware (AVX512_BF16 or AMX), else float32: emulated bfloat16 is
 * slower than float32.
 */
export const choosePrecision = (wish: "auto" | Precision, features: readonly string[] = cpuFeatures()): Precision => {
  if (wish !== "auto") return wish;
  return features.includes("avx512_bf16") || features.includes("amx_bf16") ? "bfloat16" : "float32";
};

/** The widest of the project's own kernels that run here, as native/processor.cc finds it; undefined where none do. */
export const vectorsOfKernels = (features: readonly string[] = cpuFeatures()): "AVX-512" | "AVX2" | undefined =>
  features.includes("avx512f") ? "AVX-512" : features.includes("avx2") ? "AVX2" : undefined;

function macFeatures(): string[] {
  const names = ["AdvSIMD", "FEAT_BF16"].map((name) => `hw.optional.arm.${name}`);
  const values = execFileSync("sysctl", ["-n", ...names], { encoding: "utf8" })
    .trim()
    .split("\n");
  return ["asimd", "bf16"].filter((_, index) => values[index] === "1");
}
