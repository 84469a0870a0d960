// What decides a result to its last bit, beside the experiment and the pictures.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Kernels } from "../graph/kernels.ts";
import { tensorflowVersion } from "./binding.ts";
import { isKept } from "./compiler.ts";
import { device, gpus } from "./device.ts";
import { features, type Precision } from "./features.ts";
import { kernelsWish } from "./kernels.ts";
import { threads } from "./threads.ts";

/** What the speed of a kernel depends on, too. */
export type Machine = {
  /** Digest of the sources of the project's own kernels. */
  readonly ownKernels: string;
  readonly tensorflow: string;
  /** Sums are split among threads: in operations of TensorFlow. */
  readonly threads: number;
  /** As in "linux-x64". */
  readonly platform: string;
  /** Its model, or the GPU's, and what it can do: kernels are chosen by both, and blocks by its caches. */
  readonly processor: string;
  readonly features: string;
  /** Environment variables that choose kernels, as in "TF_ENABLE_ONEDNN_OPTS=1". */
  readonly variables: string;
};

/** Flat, so that two of them are compared and told key by key. Two processes for which it is the same compute the same bits. */
export type Arithmetic = Machine & {
  readonly precision: Precision;
  /** "tensorflow" or "own"; "auto" before a program's races, "raced" with the digest of what they chose after them. */
  readonly kernels: string;
  /** Of a step that several processes take together: how many, and what gradients cross as. */
  readonly processes?: number;
  readonly wire?: "float32" | "bfloat16";
  /** What makes kernels for the step, beside those that are there. */
  readonly compiler?: "xla";
};

/** Throws UserError if set-up has not been run. */
export const machine = (): Machine => ({
  ownKernels: sourcesDigest(),
  tensorflow: tensorflowVersion(),
  threads: threads(),
  platform: `${process.platform}-${process.arch}`,
  processor: processor(),
  features: features().join(" "),
  variables: deciding(process.env),
});

const processor = (): string =>
  (device() === "cuda" ? gpus().map(({ name, driver }) => `${name}, driver ${driver}`)[0] : cpus()[0]?.model.trim()) ??
  "unknown";

export const machineKey = (): string => digestOf(JSON.stringify(machine()));

/**
 * Of programs that this process compiles now, with these kernels. Throws UserError if set-up has not been run. The digest of our own kernels is
 * empty where TensorFlow's compute alone.
 */
export function arithmetic(precision: Precision, whose?: Kernels): Arithmetic {
  const told = typeof whose === "object" ? `raced ${digestOf(JSON.stringify(Object.entries(whose).sort()))}` : whose;
  const wish = kernelsWish();
  const called = told ?? (wish.by === "word" ? wish.rule : "auto");
  return { ...machine(), ...(called === "tensorflow" && { ownKernels: "" }), precision, kernels: called };
}

/** One phrase for each key that both have with other values: `threads 2 -> 1`. */
export function differingKeys(before: Partial<Arithmetic>, now: Arithmetic): string[] {
  const alone = { processes: 1, compiler: "" };
  return Object.entries({ ...alone, ...now }).flatMap(([key, value]) => {
    const earlier = { ...alone, ...before }[key as keyof Arithmetic];
    return earlier === undefined || earlier === value ? [] : [`${key} ${earlier || "none"} -> ${value || "none"}`];
  });
}

const choosing =
  /^(TF_(ENABLE_ONEDNN_OPTS|ONEDNN_.*|SET_ONEDNN_.*|XLA_FLAGS)|XLA_FLAGS|NVIDIA_TF32_OVERRIDE|TF_(CUDNN_.*|DETERMINISTIC_OPS)|(ONEDNN|DNNL)_(?!VERBOSE).*)$/;

const deciding = (environment: NodeJS.ProcessEnv): string =>
  Object.entries(environment)
    .filter(([name, value = ""]) => choosing.test(name) && !(name === "TF_XLA_FLAGS" && isKept(value)))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(" ");

function sourcesDigest(): string {
  const folder = fileURLToPath(new URL("../../native/", import.meta.url));
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
    if (/\.(cc|h)$/.test(name)) hash.update(readFileSync(`${folder}${name}`));
  return hash.digest("hex").slice(0, 12);
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);
