// Two native libraries, compiled against the TensorFlow that was found: the addon, from tfjs-node's own C++ sources and what
// native/addon gives their sessions and tensors, and the operations that the project adds to TensorFlow, from the rest of native/.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { UserError } from "../../errors.ts";
import { addonFile, operationsFile } from "./cache.ts";
import { type Library, nodeApiHeaders, tfjsNodeFolder } from "./library.ts";
import { headers, platformName } from "./release.ts";
import { seal } from "./whole.ts";

/** The program and what comes before every other argument: CXX may be `ccache g++`, split at spaces as make does. */
export const compiler = (): readonly [program: string, ...before: string[]] => {
  const [program = "g++", ...before] = process.env.CXX?.split(/\s+/).filter(Boolean) ?? [];
  return [program, ...before];
};

const commonFlags = ["-c", "-O3", "-std=c++17", "-fPIC", "-pthread"];
const bindingFlags = [
  ...commonFlags,
  ...["-DNAPI_VERSION=8", "-w"],
  ...["-DTF_NewSessionOptions=inception_session_options", "-DTF_NewTensor=inception_new_tensor"],
];
/** On vectors between functions GCC notes at length what changed in version 4.6. */
const warnings = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wno-psabi"];
/** Our operations export nothing. */
export const ownFlags = [...commonFlags, "-fvisibility=hidden", ...warnings];
const partFlags = [...commonFlags, ...warnings];
/** How many numbers the vectors of each set of kernels hold (native/kernels/vectors.h). */
const lanes = process.arch === "x64" ? [8, 16] : [4];

/** What our operations are compiled from: the kernels once for each set. */
export const ownObjects = (
  lanesOfSets: readonly number[],
  folder: string = ownFolder,
): { readonly source: string; readonly flags: readonly string[] }[] => [
  ...filesOf(folder, /\.cc$/).map((source) => ({ source, flags: ownFlags })),
  ...lanesOfSets.flatMap((count) =>
    filesOf(join(folder, "kernels"), /\.cc$/).map((source) => ({
      source,
      flags: [...ownFlags, `-DINCEPTION_LANES=${count}`],
    })),
  ),
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
  hash.update([platformName, ...bindingFlags, ...partFlags, ...ownFlags, ...lanes, ...linkFlags].join(" "));
  return hash.digest("hex").slice(0, 16);
}

/**
 * Compiles into a folder beside the final one and renames, so that a killed compilation leaves nothing that looks finished.
 *
 * @throws UserError if there is no compiler or it refuses the sources.
 */
export async function compileAddon(library: Library, target: string): Promise<void> {
  await requireCompiler();
  const folder = dirname(target);
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.partial-`);
  try {
    const objects = [
      ...filesOf(bindingFolder(), /\.cc$/).map((source) => ({
        source,
        flags: [...bindingFlags, ...first],
        into: "addon",
      })),
      ...filesOf(partFolder, /\.cc$/).map((source) => ({ source, flags: partFlags, into: "addon" })),
      ...ownObjects(lanes).map((one) => ({ ...one, into: "operations" })),
    ].map((one, index) => ({ ...one, object: join(work, `${index}.o`) }));
    const objectsOf = (library: string) => objects.filter(({ into }) => into === library).map(({ object }) => object);
    const includes = [nodeApiHeaders(), library.include, join(library.include, "external/local_tsl")].map(
      (dir) => `-I${dir}`,
    );
    await onEachCore(objects, ({ source, flags, object }) => compile([...flags, ...includes, source, "-o", object]));
    const libraries = library.libraries.map((name) => join(library.folder, name));
    const rpath = `-Wl,-rpath,${library.folder}`;
    const addon = join(work, basename(target));
    for (const [library, output] of [
      ["addon", addon],
      ["operations", operationsFile(addon)],
    ] as const)
      await compile([...linkFlags, ...objectsOf(library), ...libraries, rpath, "-o", output]);
    for (const { object } of objects) rmSync(object);
    await seal(
      work,
      [addon, operationsFile(addon)].map((path) => basename(path)),
    );
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function onEachCore<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/** Resolves, or rejects with why the C++ compiler does not answer. */
function askCompiler(): Promise<unknown> {
  const [program, ...before] = compiler();
  return promisify(execFile)(program, [...before, "--version"]);
}

/** True where the C++ compiler answers. */
export const hasCompiler = (): Promise<boolean> =>
  askCompiler().then(
    () => true,
    () => false,
  );

/** Throws UserError("checkFailed") where there is none. */
export async function requireCompiler(): Promise<void> {
  const [program] = compiler();
  await askCompiler().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") return;
    throw new UserError(
      "checkFailed",
      `The engine's addon needs a C++ compiler: expected ${program} on the PATH, found none.`,
      { hint: compilerHint, cause: error },
    );
  });
}

async function compile(args: readonly string[]): Promise<void> {
  const [program, ...before] = compiler();
  try {
    await promisify(execFile)(program, [...before, ...args], { maxBuffer: 1 << 24 });
  } catch (error) {
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
const partFolder = join(ownFolder, "addon");
const first = ["-include", join(partFolder, "with-own-string.h")];
const sources = (): string[] =>
  [bindingFolder(), ownFolder, partFolder, join(ownFolder, "kernels")].flatMap((folder) =>
    filesOf(folder, /\.(cc|h)$/),
  );
const apiHeaders = (): string[] => filesOf(nodeApiHeaders(), /\.h$/);

const filesOf = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));

const contentHash = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");
