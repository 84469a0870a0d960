// One loaded program: named feeds in, named tensors out, on the calling thread.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { outOfMemory } from "../out-of-memory.ts";
import { inTemporaryFolder } from "../temporary.ts";
import { type Binding, dataType, loadBinding, type OutputInfo, openingOn, type Place } from "./binding.ts";
import { device, deviceVariable } from "./device.ts";

/** A value fed to a placeholder: raw bytes as one string scalar (decoded in the graph), or a small typed array. */
export type Feed =
  | { readonly dtype: "string"; readonly value: Uint8Array }
  | { readonly dtype: "float32"; readonly shape: readonly number[]; readonly value: Float32Array }
  | { readonly dtype: "int32"; readonly shape: readonly number[]; readonly value: Int32Array }
  | { readonly dtype: "uint8"; readonly shape: readonly number[]; readonly value: Uint8Array };

export type Feeds = Readonly<Record<string, Feed>>;
export type Tensor = { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array | Uint8Array };

/** Runs entry points of one program on the calling thread. Feed and fetch names are node names without `:0`. */
export interface Session {
  run(feeds: Feeds, fetches: readonly string[]): Tensor[];
  close(): void;
}

/** The same in a worker thread, so that the calling thread stays live. */
export interface Engine {
  run(feeds: Feeds, fetches: readonly string[]): Promise<Tensor[]>;
  close(): Promise<void>;
}

/**
 * Loads a program: the bytes of a `saved_model.pb` tagged `serve`, which needs no signatures and no variables folder.
 * Every session has variables of its own; on a server, where one is named, those of its process. What is fed is its caller's again when the run ends.
 *
 * @throws UserError if set-up has not been run, or if a GPU is to compute and TensorFlow sees none.
 */
export function openSession(program: Uint8Array, place?: Place): Session {
  const binding = loadBinding();
  if (device() === "cuda" && !binding.isUsingGpuDevice()) throw noGpu();
  const load = () => loadProgram(binding, program);
  const handle = place ? openingOn(place, load) : load();
  let open = true;
  return {
    run(feeds, fetches) {
      if (!open) throw new Error("the session is closed");
      return runProgram(binding, handle, feeds, fetches);
    },
    close() {
      if (open) binding.deleteSavedModel(handle);
      open = false;
    },
  };
}

const noGpu = (): UserError =>
  new UserError("checkFailed", "A GPU is to compute, but TensorFlow sees none that it can use.", {
    hint: `\`inception doctor\` says why; --device cpu, or ${deviceVariable}=cpu, computes on the processor`,
  });

/** TensorFlow loads programs only from a folder; this one is readable by its user alone. */
const loadProgram = (binding: Binding, program: Uint8Array): number =>
  inTemporaryFolder(
    "the program that TensorFlow loads",
    (folder) => writeFileSync(join(folder, "saved_model.pb"), program),
    (folder) => binding.loadSavedModel(folder, "serve"),
  );

function runProgram(binding: Binding, program: number, feeds: Feeds, fetches: readonly string[]): Tensor[] {
  if (fetches.length === 0) throw new RangeError("a run must fetch something");
  const inputs = joinNames(Object.keys(feeds));
  const outputs = joinNames(fetches);
  const handles: number[] = [];
  try {
    for (const feed of Object.values(feeds)) handles.push(createTensor(binding, feed));
    const results = binding.runSavedModel(program, handles, inputs, outputs);
    handles.push(...results.map(({ id }) => id));
    return results.map((result, index) => readTensor(binding, result, fetches[index]!));
  } catch (error) {
    const [refused, shape] = noMemory.exec((error as Error).message) ?? [];
    if (refused) throw outOfMemory(error as Error, shape && `none left for a map of ${shape.replaceAll(",", "x")}`);
    if (error instanceof Error) error.message += ` (fed ${inputs || "nothing"}; fetched ${outputs})`;
    throw error;
  } finally {
    for (const handle of handles) binding.deleteTensor(handle);
  }
}

/** What TensorFlow says, and what the project's own operations say. */
const noMemory = /OOM when allocating tensor with shape\[([\d,]*)\]|expected more memory than the system gives/;

function joinNames(names: readonly string[]): string {
  const wrong = names.find((name) => name === "" || /[,:]/.test(name));
  if (wrong !== undefined)
    throw new RangeError(`a node name may not be empty or hold a comma or a colon, got "${wrong}"`);
  return names.map((name) => `${name}:0`).join(",");
}

function createTensor(binding: Binding, feed: Feed): number {
  if (feed.dtype === "string") return binding.createTensor([], dataType.string, [feed.value]);
  return binding.createTensor(feed.shape, dataType[feed.dtype], feed.value);
}

function readTensor(binding: Binding, { id, shape, dtype }: OutputInfo, name: string): Tensor {
  if (!readable.has(dtype)) throw new TypeError(`${name} has data type ${dtype}: cast it in the graph to be fetched`);
  const data = binding.tensorDataSync(id);
  if (!Array.isArray(data)) return { shape, data: data as Tensor["data"] };
  if (shape.length > 0) throw new TypeError(`${name} is an array of strings: only a single string can be fetched`);
  return { shape, data: data[0]! };
}

const readable: ReadonlySet<number> = new Set([dataType.float32, dataType.int32, dataType.bool, dataType.string]);
