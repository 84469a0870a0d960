// The names that a pickle of torch.save may use, and the tensors and storages that they make: the allow-list.
import { type NumberType, numberTypes } from "./numbers.ts";
import { type Global, isMade, type Made, type Names, type Value } from "./pickle.ts";
import { refused, shown } from "./refused.ts";

/** Numbers outside the pickle, part of the storage `key`; bytes without a type where PyTorch gives them none. */
export interface Storage extends Made {
  readonly kind: "storage";
  readonly key: string;
  readonly type: NumberType | "untyped";
  /** Of the whole storage, in numbers (bytes where untyped). */
  readonly count: number;
  /** Where this part of it begins, in numbers. */
  readonly start: number;
}

/** A view of a storage. Offset and strides in numbers. */
export interface TorchTensor extends Made {
  readonly kind: "tensor";
  readonly storage: Storage;
  readonly type: NumberType;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

interface NumberName extends Global {
  readonly numbers: Storage["type"];
}

export const isTensor = (value: Value | undefined): value is TorchTensor =>
  value !== undefined && isMade(value) && value.kind === "tensor";

/** The names of one file; `storages` are those that its pickle has named so far. */
export function torchNames(file: string): Names & { readonly storages: ReadonlyMap<string, Storage> } {
  const storages = new Map<string, Storage>();
  const wrong = (what: string): Error => refused(file, `its pickle makes ${what}`);

  function tensor(values: readonly Value[], type: NumberType | undefined): TorchTensor {
    const [storage, offset, shape, strides] = values;
    if (!isStorage(storage)) throw wrong("a tensor of what is no storage");
    const numbers = type ?? storage.type;
    if (numbers === "untyped") throw wrong("a tensor whose numbers have no type");
    if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) {
      throw wrong("a tensor without a sound offset, shape and strides");
    }
    return { kind: "tensor", storage, type: numbers, offset, shape, strides };
  }

  const calls: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
    "collections.OrderedDict": ordered,
    "torch.Size": ([sizes]) => (isCounts(sizes) ? [...sizes] : fail(wrong("a torch.Size of what are no sizes"))),
    "torch._utils._rebuild_tensor": (values) => tensor(values, undefined),
    "torch._utils._rebuild_tensor_v2": (values) => tensor(values, undefined),
    "torch._utils._rebuild_tensor_v3": (values) => tensor(values, numbersNamed(values[6])),
    "torch._utils._rebuild_parameter": ([data]) =>
      isTensor(data) ? data : fail(wrong("a parameter of what is no tensor")),
  };

  function ordered([pairs]: readonly Value[]): Value {
    if (pairs === undefined) return new Map();
    if (!Array.isArray(pairs)) throw wrong("a dictionary of what is no list");
    return new Map(
      pairs.map((pair) => {
        if (!Array.isArray(pair) || pair.length !== 2) throw wrong("a dictionary of what are no pairs");
        return pair as [Value, Value];
      }),
    );
  }

  function persistent(id: Value): Storage {
    const [what, typeName, key, , count, view] = Array.isArray(id) ? id : [];
    const type = isMade(typeName ?? null) ? (typeName as NumberName).numbers : undefined;
    if (what !== "storage" || typeof key !== "string" || type === undefined || !isCount(count)) {
      throw wrong("a reference to what is no storage");
    }
    const whole: Storage = { kind: "storage", key, type, count, start: 0 };
    const before = storages.get(key);
    if (before !== undefined && (before.type !== type || before.count !== count)) {
      throw wrong(`the storage "${shown(key)}" twice, with different sizes or types`);
    }
    storages.set(key, whole);
    if (view === undefined || view === null) return whole;
    const [, start] = Array.isArray(view) ? view : [];
    if (!isCount(start)) throw wrong(`a part of the storage "${shown(key)}" without its start`);
    return { ...whole, start };
  }

  const callable = Object.entries(calls).map(([name, call]): [string, Global] => [name, { kind: "global", call }]);
  return { globals: new Map<string, Global>([...callable, ...numberNames]), persistent, storages };
}

const storageTypes: Readonly<Record<string, NumberType>> = {
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  FloatStorage: "float32",
  DoubleStorage: "float64",
  BoolStorage: "bool",
  ByteStorage: "uint8",
  CharStorage: "int8",
  ShortStorage: "int16",
  IntStorage: "int32",
  LongStorage: "int64",
};

const named = (name: string, numbers: NumberName["numbers"]): [string, NumberName] => [
  name,
  { kind: "global", numbers },
];
const numberNames: readonly [string, NumberName][] = [
  ...Object.entries(storageTypes).map(([name, type]) => named(`torch.${name}`, type)),
  ...numberTypes.map((type) => named(`torch.${type}`, type)),
  named("torch.storage.UntypedStorage", "untyped"),
];

function numbersNamed(value: Value | undefined): NumberType | undefined {
  const numbers = value !== undefined && isMade(value) ? (value as NumberName).numbers : undefined;
  return numbers === "untyped" ? undefined : numbers;
}

const isStorage = (value: Value | undefined): value is Storage =>
  value !== undefined && isMade(value) && value.kind === "storage";
const isCount = (value: Value | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: Value | undefined): value is number[] => Array.isArray(value) && value.every(isCount);

function fail(error: Error): never {
  throw error;
}
