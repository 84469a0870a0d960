// Two native libraries, compiled against the TensorFlow that was found: the addon, from tfjs-node's own C++ sources, and the
// operations that the project adds to TensorFlow, from its folder native/.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { UserError } from "../../errors.ts";
import { addonFile, operationsFile } from "./cache.ts";
import { type Library, nodeApiHeaders, tfjsNodeFolder } from "./library.ts";
import { headers, platformName } from "./release.ts";

/** The program and what comes before every other argument: CXX may be `ccache g++`, split at spaces as make does. */
export const compiler = (): readonly [program: string, ...before: string[]] => {
  const [program = "g++", ...before] = process.env.CXX?.split(/\s+/).filter(Boolean) ?? [];
  return [program, ...before];
};

const commonFlags = ["-c", "-O3", "-std=c++17", "-fPIC", "-pthread"];
const bindingFlags = [...commonFlags, "-DNAPI_VERSION=8", "-w"];
/** Our operations export nothing. On vectors between functions GCC notes at length what changed in version 4.6. */
export const ownFlags = [
  ...commonFlags,
  ...["-fvisibility=hidden", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wno-psabi"],
];
/** The pool's threads outlive every session: nothing may unload their code. */
const linkFlags = [
  "-shared",
  "-pthread",
  ...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : ["-Wl,-z,nodelete"]),
];

/** Where the addon for this library lies, or would lie: the name holds a hash of everything it is made from. */
export const addonFor = (library: Library, cache: string): string => addonFile(cache, addonKey(library));

/** Changes with the sources, the headers, the flags, and the place and size of the libraries (not their date: a copy is as good). */
export function addonKey(library: Library): string {
  const hash = createHash("sha256");
  for (const file of [...sources(), ...apiHeaders(), ...headers.map((name) => join(library.include, name))])
    hash.update(`${contentHash(file)}\n`);
  for (const name of library.libraries) {
    const path = join(library.folder, name);
    hash.update(`${path} ${statSync(path).size}\n`);
  }
  hash.update([platformName, ...bindingFlags, ...ownFlags, ...linkFlags].join(" "));
  return hash.digest("hex").slice(0, 16);
}

/**
 * Compiles into a folder beside the final one and renames, so that a killed compilation leaves nothing that looks finished.
 *
 * @throws UserError if there is no compiler or it refuses the sources.
 */
export async function compileAddon(library: Library, target: string): Promise<void> {
  const folder = dirname(target);
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.partial-`);
  try {
    const objects = implementationFiles().map((source, index) => ({ source, object: join(work, `${index}.o`) }));
    const objectsFrom = (folder: string) =>
      objects.filter(({ source }) => dirname(source) === folder).map(({ object }) => object);
    const includes = [nodeApiHeaders(), library.include, join(library.include, "external/local_tsl")].map(
      (dir) => `-I${dir}`,
    );
    const flagsOf = (source: string) => (dirname(source) === ownFolder ? ownFlags : bindingFlags);
    await Promise.all(
      objects.map(({ source, object }) => compile([...flagsOf(source), ...includes, source, "-o", object])),
    );
    const libraries = library.libraries.map((name) => join(library.folder, name));
    const rpath = `-Wl,-rpath,${library.folder}`;
    const addon = join(work, basename(target));
    for (const [folder, output] of [
      [bindingFolder(), addon],
      [ownFolder, operationsFile(addon)],
    ] as const)
      await compile([...linkFlags, ...objectsFrom(folder), ...libraries, rpath, "-o", output]);
    for (const { object } of objects) rmSync(object);
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** True where the C++ compiler answers. */
export const hasCompiler = (): Promise<boolean> => {
  const [program, ...before] = compiler();
  return promisify(execFile)(program, [...before, "--version"]).then(
    () => true,
    () => false,
  );
};

async function compile(args: readonly string[]): Promise<void> {
  const [program, ...before] = compiler();
  try {
    await promisify(execFile)(program, [...before, ...args], { maxBuffer: 1 << 24 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new UserError(
        "checkFailed",
        `The engine's addon needs a C++ compiler: expected ${program} on the PATH, found none.`,
        {
          hint: compilerHint,
          cause: error,
        },
      );
    const lines = String((error as { stderr?: string }).stderr ?? error)
      .trim()
      .split("\n");
    const reason = lines.find((line) => /error|undefined|cannot/.test(line)) ?? lines[0];
    throw new UserError(
      "checkFailed",
      `${[program, ...before].join(" ")} could not build the engine's addon: ${reason}`,
      { cause: error },
    );
  }
}

export const compilerHint =
  process.platform === "darwin"
    ? "Install the command line tools: xcode-select --install"
    : "Install it with the system's package manager, for example: apt-get install g++";

const bindingFolder = (): string => join(tfjsNodeFolder(), "binding");
const ownFolder = fileURLToPath(new URL("../../../native", import.meta.url));
const sources = (pattern = /\.(cc|h)$/): string[] =>
  [bindingFolder(), ownFolder].flatMap((folder) => filesOf(folder, pattern));
const implementationFiles = (): string[] => sources(/\.cc$/);
const apiHeaders = (): string[] => filesOf(nodeApiHeaders(), /\.h$/);

const filesOf = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));

const contentHash = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");
