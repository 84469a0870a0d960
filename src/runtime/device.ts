// What computes: the processor, or a GPU that CUDA drives.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cacheFolder } from "../cache-folder.ts";
import { UserError } from "../errors.ts";
import { tensorflowFolder } from "./setup/cache.ts";

/** Commands set it from `--device` and `train.device`, and a process that is started inherits it. */
export const deviceVariable = "INCEPTION_DEVICE";
export const deviceWords = ["auto", "cpu", "cuda"] as const;
export type Device = "cpu" | "cuda";

export type Gpu = {
  readonly name: string;
  /** Of the driver, as in "580.159.04". */
  readonly driver: string;
  readonly bytes: number;
  /** NVIDIA's compute capability, as in 9.0: from 8.0 on its tensor cores multiply bfloat16. */
  readonly capability: number;
};

/** `auto` is cuda where set-up has made that engine and the driver sees a GPU. Throws UserError("usage") for another word. */
export function device(cache: string = cacheFolder()): Device {
  const wish = process.env[deviceVariable] || "auto";
  if (wish === "cpu" || wish === "cuda") return wish;
  if (wish === "auto") return existsSync(tensorflowFolder(cache, "cuda")) && gpus().length > 0 ? "cuda" : "cpu";
  throw new UserError("usage", `${deviceVariable}: expected ${deviceWords.join(", ")}, got ${JSON.stringify(wish)}`);
}

/** Takes what an experiment asks for, unless the command or the environment say otherwise. */
export function preferDevice(wish: (typeof deviceWords)[number]): void {
  if (wish !== "auto") process.env[deviceVariable] ||= wish;
}

let found: readonly Gpu[] | undefined;

/** Those that the driver sees, asked once in a process; none where it does not answer. */
export function gpus(): readonly Gpu[] {
  found ??= attempt(() => {
    const fields = "name,driver_version,memory.total,compute_cap";
    const args = [`--query-gpu=${fields}`, "--format=csv,noheader,nounits"];
    return parseGpus(execFileSync("nvidia-smi", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  });
  return found;
}

/** Reads the lines of nvidia-smi: name, driver, MiB, compute capability. What it cannot tell of a GPU leaves that one out. */
export const parseGpus = (text: string): Gpu[] =>
  text.split("\n").flatMap((line) => {
    const [name = "", driver = "", mebibytes, capability] = line.split(",").map((field) => field.trim());
    const gpu = { name, driver, bytes: Number(mebibytes) * 2 ** 20, capability: Number(capability) };
    return gpu.bytes > 0 && gpu.capability > 0 ? [gpu] : [];
  });

function attempt(ask: () => Gpu[]): Gpu[] {
  try {
    return ask();
  } catch {
    return [];
  }
}
