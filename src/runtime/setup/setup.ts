// `inception setup`: find or get TensorFlow, compile the addon against it, load it once to prove it.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../cache-folder.ts";
import type { OnBytes } from "../../download/progress.ts";
import { UserError } from "../../errors.ts";
import { holderWords, waitForLock } from "../../lock.ts";
import { loadBinding } from "../binding.ts";
import { device } from "../device.ts";
import { addonFor, compileAddon, requireCompiler } from "./addon.ts";
import { directDownload } from "./address.ts";
import { lockFile } from "./cache.ts";
import { environmentVariable, findLibrary, type Library, type LibrarySource } from "./library.ts";
import { hasPip, pipDownload } from "./pip.ts";
import type { Release } from "./published.ts";
import { platformName, releasesForThisMachine, tensorflowVersion } from "./release.ts";
import { type Download, installWheels } from "./wheel.ts";
import { missized } from "./whole.ts";

export type SetupOptions = {
  /** Download and compile again, whatever is there. */
  readonly force?: boolean;
  readonly cache?: string;
  readonly note: (line: string) => void;
  readonly onBytes: OnBytes;
  readonly download?: Download;
  /** The pinned ones for this machine where left out; none as where there are none. */
  readonly releases?: readonly Release[];
};

export type SetupResult = {
  readonly source: LibrarySource;
  readonly tensorflow: string;
  readonly folder: string;
  readonly addon: string;
  readonly downloadedBytes: number;
  readonly compiled: boolean;
  /** Whether TensorFlow sees one that it can use. */
  readonly gpu: boolean;
  readonly seconds: { readonly library: number; readonly addon: number };
};

/**
 * Leaves a working engine in the cache; does nothing that is done already. Two at once: the second waits for the first.
 *
 * @throws UserError if TensorFlow cannot be had or the addon cannot be compiled.
 */
export async function setUp(options: SetupOptions): Promise<SetupResult> {
  const cache = options.cache ?? cacheFolder();
  const start = performance.now();
  const ready = options.force ? undefined : readyEngine(cache);
  // A cache that has all of it is only read.
  if (ready) return resultOf(ready, { downloadedBytes: 0, compiled: false }, start, performance.now());
  const path = lockFile(cache);
  const lock = await waitForLock(path, () => options.note(`Waiting for another set-up (${holderWords(path)}) ...`));
  try {
    removeLeftovers(cache);
    // Before hundreds of megabytes are fetched that nothing could be compiled against.
    await requireCompiler();
    const { library, downloadedBytes } = await provideLibrary(cache, options);
    const found = performance.now();
    const addon = addonFor(library, cache);
    const compiled = options.force === true || !isWhole(addon);
    if (compiled) {
      options.note("Compiling the addon ...");
      await compileAddon(library, addon);
    }
    return resultOf({ library, addon }, { downloadedBytes, compiled }, start, found);
  } finally {
    lock.release();
  }
}

type Engine = { readonly library: Library; readonly addon: string };
type Done = Pick<SetupResult, "downloadedBytes" | "compiled">;

const isWhole = (addon: string): boolean => existsSync(addon) && missized(dirname(addon)) === undefined;

function readyEngine(cache: string): Engine | undefined {
  const library = findLibrary(cache);
  if (!library || missized(library.folder)) return undefined;
  const addon = addonFor(library, cache);
  return isWhole(addon) ? { library, addon } : undefined;
}

/** Loads the engine, which proves it. */
function resultOf({ library, addon }: Engine, done: Done, start: number, found: number): SetupResult {
  const seconds = { library: (found - start) / 1000, addon: (performance.now() - found) / 1000 };
  const binding = loadBinding(addon);
  const { source, folder } = library;
  const gpu = binding.isUsingGpuDevice();
  return { source, tensorflow: binding.TF_Version, folder, addon, ...done, gpu, seconds };
}

async function provideLibrary(
  cache: string,
  options: SetupOptions,
): Promise<{ library: Library; downloadedBytes: number }> {
  const found = findLibrary(cache);
  const broken = found?.source === "cache" ? missized(found.folder) : undefined;
  if (broken) options.note(`TensorFlow is damaged, so it is fetched again: ${broken}`);
  if (found?.source === "environment" || (found?.source === "cache" && !options.force && !broken))
    return { library: found, downloadedBytes: 0 };
  const chosen = device(cache);
  const { releases = releasesForThisMachine(chosen), onBytes } = options;
  if (releases.length === 0)
    throw new UserError(
      "checkFailed",
      `TensorFlow ${tensorflowVersion} is not published for ${platformName}${chosen === "cuda" ? " with CUDA" : ""}.`,
      {
        hint: `point ${environmentVariable} to a TensorFlow that you have, and run \`inception setup\` again`,
      },
    );
  options.note("Getting TensorFlow ...");
  const download = options.download ?? ((await hasPip()) ? pipDownload : directDownload);
  const downloadedBytes = await installWheels(releases, { cache, device: chosen, onBytes, download });
  return { library: findLibrary(cache)!, downloadedBytes };
}

/** Addons that a killed set-up was compiling; a half-made TensorFlow folder stays, for its wheel may be whole. */
function removeLeftovers(cache: string): void {
  for (const name of readdirSync(cache))
    if (/^addon-.*\.partial-/.test(name)) rmSync(join(cache, name), { recursive: true, force: true });
}
