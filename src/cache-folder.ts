// Where the tool keeps what is made or fetched once for a user: TensorFlow with the addon, and weights of others.
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** `$XDG_CACHE_HOME/inception`, else `~/.cache/inception` (relative values are ignored, as the XDG specification asks). */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "inception");
}

/** Checkpoints made of imported weights, each in a folder of its name. */
export const weightsFolder = (): string => join(cacheFolder(), "weights");

/** What races chose on this machine. */
export const kernelTables = (): string => join(cacheFolder(), "kernels");

/** Files on their way in, and those that a user fetched by hand. */
export const downloadsFolder = (): string => join(cacheFolder(), "downloads");
