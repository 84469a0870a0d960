// TensorFlow's compiler (XLA), which makes kernels for a GPU of whole stretches of a program.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cache-folder.ts";
import { device, gpus } from "./device.ts";
import { deviceLibrary } from "./setup/cuda.ts";
import { findLibrary } from "./setup/library.ts";

/** Whether a GPU computes, by an engine that has what the compiler needs. */
export function hasGpuCompiler(): boolean {
  const library = device() === "cuda" ? findLibrary(cacheFolder()) : undefined;
  return library !== undefined && existsSync(join(library.folder, "..", deviceLibrary));
}

/**
 * The flags that have it keep what it made, apart for each kind of GPU and driver: a second start takes seconds where the first took a
 * minute. None for a cache whose path has spaces, at which TensorFlow would cut them.
 */
export function keptIn(cache: string): string {
  const { name = "", driver = "" } = gpus()[0] ?? {};
  const folder = join(cache, "compiled", `${name} ${driver}`.replaceAll(/[^\w.]+/g, "-"));
  return /\s/.test(folder) ? "" : `${persistent}${folder}`;
}

/** Whether these flags of TensorFlow's say that alone, which changes no result. */
export const isKept = (flags: string): boolean => flags.startsWith(persistent) && !/\s/.test(flags);

const persistent = "--tf_xla_persistent_cache_directory=";
