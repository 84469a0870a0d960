// HDF5 files: the only door to h5wasm. The file lies in the memory of that program, which reaches no other file.
import { UserError } from "../../errors.ts";
import type { ForeignTensor } from "../foreign.ts";
import { type NumberType, toFloat32 } from "./numbers.ts";
import { refused, shown } from "./refused.ts";
import { elementsOf } from "./tensors.ts";

/** Paths begin with "/" and name groups and datasets of this file alone: a link to another file is refused. */
export interface Hdf5 {
  /** What a group holds. */
  names(group: string): readonly string[];
  isGroup(path: string): boolean;
  /** The texts of an attribute; undefined where there is none. */
  texts(path: string, attribute: string): readonly string[] | undefined;
  tensor(path: string): ForeignTensor;
}

type Library = typeof import("h5wasm");
type Module = Awaited<Library["ready"]>;
type Metadata = ReturnType<Module["get_dataset_metadata"]>;

const inMemory = "/weights.h5";
const mostTexts = 100_000;
/** How much a compressed dataset may grow. */
const mostGrowth = 1000;

/**
 * For a thread of its own, which ends after it: a damaged file can leave the program in any state. Throws
 * UserError("foreignWeights") for a file that it cannot read, with what it says of it.
 */
export async function openHdf5(bytes: Uint8Array, file: string): Promise<Hdf5> {
  const library = await import("h5wasm");
  const module = await library.ready;
  module.activate_throwing_error_handler();
  module.FS.writeFile(inMemory, bytes);
  const { file_id } = asking(file, "it is no sound HDF5 file", () => new library.File(inMemory, "r"));
  return reader(library, module, file_id, file, bytes);
}

function reader({ Attribute }: Library, module: Module, id: bigint, file: string, bytes: Uint8Array): Hdf5 {
  const types = new Map<string, number>([["/", module.H5G_GROUP]]);
  let held = 0;
  const ask = <T>(path: string, call: () => T): T => asking(file, `"${shown(path)}" in it is damaged`, call);

  /** Asked of all groups above it first. */
  function typeOf(path: string): number | undefined {
    const known = types.get(path);
    if (known !== undefined) return known;
    if (typeOf(path.slice(0, path.lastIndexOf("/")) || "/") !== module.H5G_GROUP) return undefined;
    const type = ask(path, () => module.get_type(id, path));
    if (type === module.H5G_UDLINK) throw refused(file, `"${shown(path)}" in it is a link to another file`);
    types.set(path, type);
    return type;
  }

  function texts(path: string, attribute: string): readonly string[] | undefined {
    return ask(path, () => {
      if (!module.get_attribute_names(id, path).includes(attribute)) return undefined;
      const { total_size } = module.get_attribute_metadata(id, path, attribute);
      if (total_size > mostTexts) throw new Error(`its attribute ${attribute} has ${total_size} texts`);
      const found = new Attribute(id, path, attribute).value;
      const values = typeof found === "string" ? [found] : Array.from(found as ArrayLike<unknown>);
      if (!values.every((value) => typeof value === "string")) throw new Error(`its attribute ${attribute} is no text`);
      return values;
    });
  }

  function tensor(path: string): ForeignTensor {
    if (typeOf(path) !== module.H5G_DATASET) throw refused(file, `it has no tensor "${shown(path)}"`);
    const about = ask(path, () => module.get_dataset_metadata(id, path));
    const { shape, chunks, size: width, total_size } = about;
    if (shape === null || about.virtual_sources !== undefined) {
      throw refused(file, `tensor "${shown(path)}" has no numbers in this file`);
    }
    const type = texts(path, "dtype")?.[0] === "bfloat16" ? "bfloat16" : numberTypes[key(about)];
    if (type === undefined) throw refused(file, `tensor "${shown(path)}" does not hold numbers of a known type`);
    const length = elementsOf(file, path, shape) * width;
    if (chunks === null) held += length;
    if (length !== total_size * width || held > bytes.length || length > bytes.length * mostGrowth) {
      const claimed = `of shape [${shape}] takes ${length} bytes, of a file of ${bytes.length}`;
      throw refused(file, `tensor "${shown(path)}" ${claimed}`);
    }
    const content = ask(path, () => bytesOf(module, id, path, length));
    if (chunks === null && isMissing(content, bytes))
      throw refused(file, `tensor "${shown(path)}" has no numbers in this file`);
    return { shape, data: toFloat32(content, type) };
  }

  return {
    names: (group) => ask(group, () => module.get_names(id, group, false)),
    isGroup: (path) => typeOf(path) === module.H5G_GROUP,
    texts,
    tensor,
  };
}

/** Class and width of numbers in HDF5 as types: 0 integer, 1 float; little-endian. */
const numberTypes: Readonly<Record<string, NumberType>> = {
  "float 2": "float16",
  "float 4": "float32",
  "float 8": "float64",
  "unsigned 1": "uint8",
  "unsigned 2": "uint16",
  "unsigned 4": "uint32",
  "unsigned 8": "uint64",
  "signed 1": "int8",
  "signed 2": "int16",
  "signed 4": "int32",
  "signed 8": "int64",
};

const classes: readonly (((about: Metadata) => string) | undefined)[] = [
  ({ signed }) => (signed ? "signed" : "unsigned"),
  () => "float",
];

const key = (about: Metadata): string =>
  about.littleEndian ? `${classes[about.type]?.(about)} ${about.size}` : "unknown";

function bytesOf(module: Module, id: bigint, path: string, length: number): Uint8Array<ArrayBuffer> {
  const at = module._malloc(length);
  if (at === 0) throw new Error(`no memory for its ${length} bytes`);
  try {
    module.get_dataset_data(id, path, null, null, null, BigInt(at));
    return module.HEAPU8.slice(at, at + length) as Uint8Array<ArrayBuffer>;
  } finally {
    module._free(at);
  }
}

/** HDF5 gives zeros for what was never written: so many in a row that the file has them nowhere. */
const isMissing = (content: Uint8Array, file: Uint8Array): boolean =>
  content.length > 0 && content.every((byte) => byte === 0) && bufferOf(file).indexOf(bufferOf(content)) < 0;

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

/** What the library throws ends with the cause, after the functions that it came through. */
function asking<T>(file: string, problem: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { message } = error as Error;
    const cause = [...message.matchAll(/^ *#\d+: .* in \w+\(\): (.*)$/gm)].at(-1)?.[1] ?? message;
    throw refused(file, `${problem} (${shown(cause, 200)})`, { cause: error });
  }
}
