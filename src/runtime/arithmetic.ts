// What decides a result to its last bit, beside the experiment and the pictures.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Rule } from "../graph/kernels.ts";
import { tensorflowVersion } from "./binding.ts";
import { cpuFeatures, type Precision } from "./features.ts";
import { kernels } from "./kernels.ts";
import { threads } from "./threads.ts";

/** Flat, so that two of them are compared and told key by key. Two processes for which it is the same compute the same bits. */
export type Arithmetic = {
  readonly precision: Precision;
  readonly kernels: Rule;
  /** Digest of the sources of the project's own kernels; empty where TensorFlow's compute alone. */
  readonly ownKernels: string;
  readonly tensorflow: string;
  /** Sums are split among threads: the project's gradient of filters, and operations of TensorFlow. */
  readonly threads: number;
  /** As in "linux-x64". */
  readonly platform: string;
  /** Its model, and what it can do: kernels are chosen by both, and blocks by its caches. */
  readonly processor: string;
  readonly features: string;
  /** Environment variables that choose kernels, as in "TF_ENABLE_ONEDNN_OPTS=1". */
  readonly variables: string;
};

/** Of programs that this process compiles now. Throws UserError if set-up has not been run. */
export function arithmetic(precision: Precision): Arithmetic {
  const tensorflow = tensorflowVersion();
  const whose = kernels(precision);
  return {
    precision,
    kernels: whose,
    ownKernels: whose === "own" ? sourcesDigest() : "",
    tensorflow,
    threads: threads(),
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    features: cpuFeatures().join(" "),
    variables: deciding(process.env),
  };
}

/** One phrase for each key that both have with other values: `threads 2 -> 1`. */
export function differingKeys(before: Partial<Arithmetic>, now: Arithmetic): string[] {
  return Object.entries(now).flatMap(([key, value]) => {
    const earlier = before[key as keyof Arithmetic];
    return earlier === undefined || earlier === value ? [] : [`${key} ${earlier || "none"} -> ${value || "none"}`];
  });
}

const choosing = /^(TF_(ENABLE_ONEDNN_OPTS|ONEDNN_.*|SET_ONEDNN_.*|XLA_FLAGS)|XLA_FLAGS|(ONEDNN|DNNL)_(?!VERBOSE).*)$/;

const deciding = (environment: NodeJS.ProcessEnv): string =>
  Object.entries(environment)
    .filter(([name]) => choosing.test(name))
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
