// Finding a usable TensorFlow on this machine without changing anything.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.ts";
import { device } from "../device.ts";
import { tensorflowFolder } from "./cache.ts";
import { libraryNames } from "./release.ts";

export type LibrarySource = "environment" | "cache";

/** The two libraries and the headers they were built with. */
export type Library = {
  readonly source: LibrarySource;
  /** Absolute; becomes the addon's rpath. */
  readonly folder: string;
  readonly libraries: readonly string[];
  readonly include: string;
};

export const environmentVariable = "INCEPTION_TENSORFLOW";

/**
 * The folder named by INCEPTION_TENSORFLOW, else what set-up got for the device.
 *
 * @throws UserError if INCEPTION_TENSORFLOW names a folder without TensorFlow: a wish is never silently passed over.
 */
export function findLibrary(cache: string): Library | undefined {
  const wished = process.env[environmentVariable];
  if (wished) return wishedLibrary(wished);
  const folder = tensorflowFolder(cache, device(cache));
  return libraryIn(folder, "cache") ?? libraryIn(join(folder, "tensorflow"), "cache");
}

function wishedLibrary(folder: string): Library {
  const found = libraryIn(resolve(folder), "environment");
  if (found) return found;
  throw new UserError(
    "usage",
    `${environmentVariable}: expected a folder with ${libraryNames[0]!.join(", ")} and include/tensorflow/c/c_api.h, got ${folder}`,
    { hint: "Point it to site-packages/tensorflow or to an unpacked libtensorflow, or unset it." },
  );
}

/** Both layouts: a wheel has the libraries beside `include/`, a C release has them in `lib/`. */
export function libraryIn(folder: string, source: LibrarySource): Library | undefined {
  const include = join(folder, "include");
  if (!existsSync(join(include, "tensorflow/c/c_api.h"))) return undefined;
  for (const place of [folder, join(folder, "lib")])
    for (const libraries of libraryNames)
      if (libraries.every((name) => existsSync(join(place, name))))
        return { source, folder: place, libraries, include };
  return undefined;
}

const require = createRequire(import.meta.url);

/** What of it a packed inception brings along (pack.mjs): a dependency would download its own library as it is installed. */
const packed = fileURLToPath(new URL("../../../vendor/tfjs-node", import.meta.url));

/** The npm package whose C++ sources become the addon; its JavaScript is never loaded. */
export const tfjsNodeFolder = (): string =>
  existsSync(packed) ? packed : dirname(require.resolve("@tensorflow/tfjs-node/package.json"));

export const nodeApiHeaders = (): string => join(dirname(require.resolve("node-api-headers/package.json")), "include");

export const tfjsNodeVersion = (): string => {
  const { version } = JSON.parse(readFileSync(join(tfjsNodeFolder(), "package.json"), "utf8")) as { version: string };
  return version;
};
