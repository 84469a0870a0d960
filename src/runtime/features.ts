// What this machine's processor can do, as far as it decides speed and precision.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { device, gpus } from "./device.ts";

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

/** The same of what computes: "cuda", and "cuda_bf16" where the GPU multiplies bfloat16. */
export function features(): string[] {
  if (device() === "cpu") return cpuFeatures();
  return ["cuda", ...(gpus().some(({ capability }) => capability >= 8) ? ["cuda_bf16"] : [])];
}

/** Reads the flags of the first processor in Linux's /proc/cpuinfo (`flags` on x86, `Features` on ARM). */
export function parseCpuInfo(text: string): string[] {
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/));
  return relevant.filter((feature) => flags.has(feature));
}

const multiplying = ["avx512_bf16", "amx_bf16", "cuda_bf16"];

/**
 * `auto` is bfloat16 where it is multiplied in hardware (AVX512_BF16, AMX, tensor cores), else float32: emulated bfloat16
 * is slower than float32.
 */
export const choosePrecision = (wish: "auto" | Precision, having: readonly string[] = features()): Precision => {
  if (wish !== "auto") return wish;
  return multiplying.some((feature) => having.includes(feature)) ? "bfloat16" : "float32";
};

/** The widest of the project's own kernels that run here, as native/processor.cc finds it; undefined where none do. */
export const vectorsOfKernels = (having: readonly string[] = features()): string | undefined =>
  setsFromWidest.find(([feature]) => having.includes(feature))?.[1];
const setsFromWidest = [
  ["amx_bf16", "AVX-512 and AMX"],
  ["avx512f", "AVX-512"],
  ["avx2", "AVX2"],
] as const;

function macFeatures(): string[] {
  const names = ["AdvSIMD", "FEAT_BF16"].map((name) => `hw.optional.arm.${name}`);
  const values = execFileSync("sysctl", ["-n", ...names], { encoding: "utf8" })
    .trim()
    .split("\n");
  return ["asimd", "bf16"].filter((_, index) => values[index] === "1");
}
