// Where set-up keeps what it made, shared by every clone of the project on this machine.
import { dirname, join } from "node:path";
import { platformName, tensorflowVersion } from "./release.ts";

/** The unpacked wheel for a device, and for a GPU what it needs beside it; it exists only when complete and checked. */
export const tensorflowFolder = (cache: string, device: "cpu" | "cuda" = "cpu"): string =>
  join(cache, `tensorflow-${tensorflowVersion}-${platformName}${device === "cuda" ? "-cuda" : ""}`);

/** The compiled addon of one key (see addon.ts). */
export const addonFile = (cache: string, key: string): string => join(cache, `addon-${key}`, "tfjs_binding.node");

/** The project's own operations for TensorFlow, beside the addon. */
export const operationsFile = (addon: string): string => join(dirname(addon), "operations.so");

export const lockFile = (cache: string): string => join(cache, "setup.lock");
