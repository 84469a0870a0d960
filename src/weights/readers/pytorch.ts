// PyTorch's .pth and .pt: the zip form (torch 1.6 and later) and the older one, a row of pickles before the storages.
import type { ForeignFile } from "../foreign.ts";
import type { ByteSource } from "./byte-source.ts";
import { toFloat32, widthOf } from "./numbers.ts";
import { longestPickle, unpickle, type Value } from "./pickle.ts";
import { refused, shown } from "./refused.ts";
import { elementsOf, foundTensors } from "./tensors.ts";
import { isTensor, type Storage, type TorchTensor, torchNames } from "./torch-globals.ts";
import type { Zip } from "./zip.ts";

/** Where training programs put the model's tensors, the first that is there: averaged weights before the last ones. */
const wrappers = ["state_dict_ema", "model_ema", "state_dict", "model", "model_state_dict"];
const deepestWrapper = 4;

/** Reads the bytes of a whole storage. */
type ReadStorage = (key: string) => Promise<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>;

/** An archive with a file data.pkl in its one folder. */
export async function readTorchZip(zip: Zip, file: string): Promise<ForeignFile> {
  const pickles = zip.names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) throw refused(file, `it has ${pickles.length} files data.pkl, expected one`);
  const folder = pickles[0]!.slice(0, -"data.pkl".length);
  const order = `${folder}byteorder`;
  if (zip.names.includes(order)) requireLittle(new TextDecoder().decode(await zip.read(order)) === "little", file);
  if (zip.size(pickles[0]!) > longestPickle) throw tooLong(file);
  const names = torchNames(file);
  const { value } = unpickle(await zip.read(pickles[0]!), names, file);
  return tensorsOf(stateDictionary(value, file), file, (key) => zip.read(`${folder}data/${key}`));
}

const magic = 0x1950a86a20f9469cfc6cn;
const protocol = 1001;

/** Five pickles (magic number, protocol, the system, the object, the storages' keys), then each storage: its count, its numbers. */
export async function readTorchLegacy(source: ByteSource): Promise<ForeignFile> {
  const { file, size } = source;
  const head = source.read(0, Math.min(size, longestPickle));
  const names = torchNames(file);
  let at = 0;
  const next = (): Value => {
    const { value, end } = unpickle(head, names, file, at);
    at = end;
    return value;
  };
  if (next() !== magic || next() !== protocol)
    throw refused(file, "it is no file of torch.save, or of an unknown form");
  const system = next();
  requireLittle(system instanceof Map && system.get("little_endian") === true, file);
  const [named, keys] = [stateDictionary(next(), file), next()];
  const places = placesOf(source, at, keys, names.storages);
  return tensorsOf(named, file, (key) => {
    const place = places.get(key);
    if (place === undefined) throw refused(file, `it has no storage "${shown(key)}"`);
    return source.read(place.at, place.length);
  });
}

type Place = { readonly at: number; readonly length: number };

function placesOf(
  source: ByteSource,
  start: number,
  keys: Value,
  storages: ReadonlyMap<string, Storage>,
): Map<string, Place> {
  const { file, size } = source;
  if (!Array.isArray(keys)) throw refused(file, "it lacks the list of its storages");
  const places = new Map<string, Place>();
  let at = start;
  for (const key of keys) {
    const name = typeof key === "string" ? key : "";
    const storage = storages.get(name);
    if (storage === undefined) throw refused(file, `no tensor is of its storage "${shown(name)}"`);
    const count = new DataView(source.read(at, 8).buffer).getBigInt64(0, true);
    if (count !== BigInt(storage.count)) {
      throw refused(file, `its storage "${shown(storage.key)}" has ${count} numbers, expected ${storage.count}`);
    }
    const length = bytesOf(storage);
    places.set(storage.key, { at: at + 8, length });
    at += 8 + length;
  }
  if (at !== size) throw refused(file, `it has ${size} bytes, expected ${at}: it is damaged or cut off`);
  return places;
}

const bytesOf = ({ type, count }: Storage): number => count * (type === "untyped" ? 1 : widthOf(type));

type Named = readonly (readonly [name: string, tensor: TorchTensor])[];

async function tensorsOf(named: Named, file: string, read: ReadStorage): Promise<ForeignFile> {
  const found = foundTensors(file);
  const numbers = storageReader(file, read);
  for (const [name, tensor] of named) {
    found.add(name, tensor.shape, strided(tensor, await numbers(tensor), file, name));
  }
  return { format: "pytorch", tensors: found.tensors };
}

function stateDictionary(value: Value, file: string, depth = 0): Named {
  if (value instanceof Map && depth < deepestWrapper) {
    for (const wrapper of wrappers) {
      const inner = value.get(wrapper);
      if (inner instanceof Map) return stateDictionary(inner, file, depth + 1);
    }
    const named = [...value].filter((entry): entry is [string, TorchTensor] => isTensor(entry[1]));
    if (named.some(([name]) => typeof name !== "string")) throw refused(file, "a tensor of it has no text for a name");
    if (named.length > 0) return named;
  }
  throw refused(file, "it holds no dictionary of tensors", {
    hint: `expected one as torch.save(model.state_dict(), FILE) writes, or one under ${wrappers.join(", ")}`,
  });
}

/** Each storage is read once and kept for the tensors that share it. */
function storageReader(file: string, read: ReadStorage): (tensor: TorchTensor) => Promise<Float32Array> {
  const kept = new Map<string, Float32Array>();
  return async ({ storage, type }) => {
    const key = `${type} ${storage.key}`;
    const before = kept.get(key);
    if (before !== undefined) return before;
    const bytes = await read(storage.key);
    const expected = bytesOf(storage);
    if (bytes.length !== expected || expected % widthOf(type) !== 0) {
      throw refused(file, `its storage "${shown(storage.key)}" has ${bytes.length} bytes, expected ${expected}`);
    }
    const numbers = toFloat32(bytes, type);
    kept.set(key, numbers);
    return numbers;
  };
}

/** The tensor's numbers in the order of its shape. */
function strided(tensor: TorchTensor, storage: Float32Array, file: string, name: string): Float32Array {
  const { shape, strides } = tensor;
  const count = elementsOf(file, name, shape);
  const start = tensor.storage.start + tensor.offset;
  const reach = count === 0 ? 0 : shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 1);
  if (start + reach > storage.length || count > storage.length) {
    throw refused(
      file,
      `tensor "${shown(name)}" takes ${count} numbers up to ${start + reach} of a storage of ${storage.length}`,
    );
  }
  if (isContiguous(shape, strides)) return storage.subarray(start, start + count);
  const data = new Float32Array(count);
  const position = shape.map(() => 0);
  for (let i = 0, at = start; i < count; i++) {
    data[i] = storage[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      position[axis]!++;
      if (position[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      position[axis] = 0;
    }
  }
  return data;
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

function requireLittle(isLittle: boolean, file: string): void {
  if (!isLittle) throw refused(file, "its numbers are not stored with their least byte first");
}

const tooLong = (file: string): Error => refused(file, `its pickle is longer than ${longestPickle} bytes`);
