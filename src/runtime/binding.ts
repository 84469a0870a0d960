// The native addon's interface, and loading it: the .node file itself, never tfjs-node's JavaScript.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { cacheFolder } from "../cache-folder.ts";
import { UserError } from "../errors.ts";
import { loadLibrary, nativeFunction, quietly } from "../system.ts";
import { keptIn } from "./compiler.ts";
import { device } from "./device.ts";
import { addonFor } from "./setup/addon.ts";
import { operationsFile } from "./setup/cache.ts";
import { findLibrary } from "./setup/library.ts";
import { missized } from "./setup/whole.ts";
import { threads } from "./threads.ts";

/** What tfjs-node's C++ sources export. Tensors and programs are integer handles that the caller frees. */
export type Binding = {
  readonly TF_Version: string;
  createTensor(
    shape: readonly number[],
    dtype: number,
    value: Float32Array | Int32Array | Uint8Array | readonly Uint8Array[],
  ): number;
  deleteTensor(tensor: number): void;
  tensorDataSync(tensor: number): Float32Array | Int32Array | BigInt64Array | Uint8Array | Uint8Array[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(program: number): void;
  /** `inputs` and `outputs` are names like `a:0`, joined by commas. */
  runSavedModel(program: number, tensors: readonly number[], inputs: string, outputs: string): OutputInfo[];
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
};

export type OutputInfo = { readonly id: number; readonly shape: readonly number[]; readonly dtype: number };

/** TensorFlow's DataType numbers (tensorflow/core/framework/types.proto). */
export const dataType = { float32: 1, int32: 3, uint8: 4, string: 7, complex64: 8, int64: 9, bool: 10 } as const;

/**
 * The addon that set-up made for the TensorFlow found now.
 *
 * @throws UserError if there is none, or if a file of the engine is not as long as set-up left it.
 */
export const findAddon = (): string => findEngine().addon;

function findEngine(): { addon: string; libraries: string[] } {
  const cache = cacheFolder();
  const library = findLibrary(cache);
  const addon = library && addonFor(library, cache);
  const broken = library && (missized(library.folder) ?? missized(dirname(addon!)));
  if (broken)
    throw new UserError("checkFailed", `The TensorFlow engine is damaged: ${broken}.`, {
      hint: "`inception setup` makes it anew",
    });
  if (addon && existsSync(addon))
    return {
      addon,
      libraries: [...library.libraries.map((name) => join(library.folder, name)), operationsFile(addon)],
    };
  throw new UserError("checkFailed", "This command needs the TensorFlow engine: run `inception setup` once.");
}

/** Loads the addon; each thread that loads it has a TensorFlow context of its own. */
export function loadBinding(addon: string = findAddon()): Binding {
  const load = () => createRequire(import.meta.url)(addon) as Binding;
  if (!isMainThread) return load();
  setVariables();
  return quietly(() => {
    const binding = load();
    loadLibrary(operationsFile(addon));
    return binding;
  });
}

/**
 * Loads TensorFlow, which reads its variables and greets on stderr as it loads: the main thread calls this before it
 * starts a worker, whose `process.env` is a copy that TensorFlow never sees, and whose end would unload the library under
 * its running threads.
 *
 * @throws UserError if set-up has not been run.
 */
export function prepareTensorflow(): void {
  const { libraries } = findEngine();
  setVariables();
  quietly(() => libraries.forEach(loadLibrary));
}

/**
 * As in "2.21.0".
 *
 * @throws UserError if set-up has not been run.
 */
export function tensorflowVersion(): string {
  prepareTensorflow();
  return tensorflowFunction<() => string>("const char *TF_Version()")();
}

/**
 * A function of TensorFlow's C interface by its prototype; `prepareTensorflow` comes first.
 *
 * @throws UserError if set-up has not been run.
 */
export const tensorflowFunction = <F extends (...given: never[]) => unknown>(prototype: string): F =>
  nativeFunction<F>(prototype, findEngine().libraries[0]!);

/** Where sessions run that are not this process's own: TensorFlow's address of a server, and the bytes of a ConfigProto. */
export type Place = { readonly target: string; readonly config: Uint8Array };

/** What `action` opens on this thread runs there. Throws where TensorFlow refuses the place. */
export function openingOn<T>({ target, config }: Place, action: () => T): T {
  const openOn = nativeFunction<(target: string, config: Uint8Array, length: number) => boolean>(
    "bool inception_open_sessions_on(const char *target, const void *config, int32_t length)",
    findAddon(),
  );
  if (!openOn(target, config, config.length)) throw new Error("TensorFlow refuses the configuration of its sessions");
  try {
    return action();
  } finally {
    openOn("", new Uint8Array(), 0);
  }
}

/**
 * TensorFlow makes its threads, those within an operation and those that run operations side by side, once in a process. oneDNN's
 * kernels, which it leaves off on processors without AVX-512, save a quarter of a training step there. Of a GPU's memory it takes what it needs, not
 * all; and float32 is float32: NVIDIA's libraries round its products to ten bits (TF32) unless told not to.
 */
function setVariables(): void {
  process.env.TF_NUM_INTRAOP_THREADS = process.env.TF_NUM_INTEROP_THREADS = `${threads()}`;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
  if (device() === "cpu") {
    // A TensorFlow that could would take a GPU unasked.
    process.env.CUDA_VISIBLE_DEVICES = "-1";
    return;
  }
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
  process.env.NVIDIA_TF32_OVERRIDE ??= "0";
  process.env.TF_XLA_FLAGS ??= keptIn(cacheFolder());
}
