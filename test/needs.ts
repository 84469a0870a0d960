// What some tests need of the machine. Where it is missing they are not run and the summary says why; with CI=true they fail, but for what stands beside.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { TestOptions } from "vitest";
import { cacheFolder } from "../src/cache-folder.ts";
import { cpuFeatures } from "../src/runtime/features.ts";
import { findBrowser } from "./run-report/browser.ts";

declare module "vitest" {
  interface TaskMeta {
    /** What a test that was not run needs and this machine has not. */
    needs?: string;
  }
}

/** The folder with the archives of photographs. */
export const photographs = resolve(process.env.INCEPTION_TEST_DATA ?? "../shared/data");

/** `beside`: no part of what a machine for this project has; its tests are left out with a word anywhere. */
type Need = { readonly what: string; readonly isThere: () => boolean; readonly beside?: boolean };

const succeeds = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: "ignore" }).status === 0;

const archive = (name: string): Need => ({
  what: `${name} in ${photographs} (INCEPTION_TEST_DATA)`,
  isThere: () => existsSync(join(photographs, name)),
});

/** Python with the packages that some tests compare with. */
export const python = process.env.INCEPTION_TEST_PYTHON ?? "python3";

/** The package as `npm pack` leaves it; fetched once, where the registry answers. */
export const nsfwjs = join(cacheFolder(), "nsfwjs-4.4.0.tgz");

function hasNsfwjs(): boolean {
  const folder = dirname(nsfwjs);
  return (
    existsSync(nsfwjs) || succeeds("npm", "pack", "nsfwjs@4.4.0", "--ignore-scripts", "--pack-destination", folder)
  );
}

const all = {
  linux: { what: "Linux", isThere: () => process.platform === "linux" },
  avx2: { what: "AVX2, for the project's own kernels", isThere: () => cpuFeatures().includes("avx2") },
  bash: { what: "bash", isThere: () => succeeds("bash", "-c", "true") },
  browser: { what: "chromium (INCEPTION_TEST_BROWSER)", isThere: () => findBrowser() !== undefined, beside: true },
  devFull: { what: "/dev/full", isThere: () => existsSync("/dev/full") },
  mount: { what: "root on Linux, to mount a small file system", isThere: canMount },
  pip: { what: "python3 with pip", isThere: () => succeeds("python3", "-m", "pip", "--version") },
  pseudoTerminal: { what: "python3 with pseudo-terminals", isThere: () => succeeds("python3", "-c", "import pty") },
  tensorboard: {
    what: "TensorBoard of Python (INCEPTION_TEST_PYTHON)",
    isThere: () => succeeds(python, "-c", "import tensorboard"),
    beside: true,
  },
  nsfwjs: { what: "the npm package nsfwjs@4.4.0", isThere: hasNsfwjs },
  imagenette: archive("imagenette-train.tar"),
  cifar: archive("cifar10.tar.gz"),
  samples: archive("imagenet-samples.tar"),
  awkward: archive("awkward-images.tar"),
  caffemodel: archive("weights/bvlc_googlenet.caffemodel"),
} as const satisfies Readonly<Record<string, Need>>;

/**
 * Options for a `test` or a `describe` that needs these: `test("...", needs("linux"), () => ...)`. Throws where one is missing and the
 * environment says CI=true.
 */
export function needs(...names: readonly (keyof typeof all)[]): TestOptions {
  const missing = names.map((name): Need => all[name]).filter(({ isThere }) => !isThere());
  if (missing.length === 0) return {};
  const what = missing.map(({ what }) => what).join(" and ");
  if (process.env.CI === "true" && !missing.every(({ beside }) => beside))
    throw new Error(`CI=true, and missing for these tests: ${what}`);
  return { skip: true, meta: { needs: what } };
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "inception-mount-"));
  try {
    if (!succeeds("mount", "-t", "tmpfs", "-o", "size=64k", "none", folder)) return false;
    return succeeds("umount", folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
