// What tells two checkpoints apart.
import { type Part, parts } from "./manifest.ts";
import type { Tensor, Tensors } from "./safetensors.ts";
import type { Checkpoint } from "./store.ts";

export type TensorDifference = {
  readonly name: string;
  readonly values: number;
  /** How many of them are other bits. */
  readonly differing: number;
  /** The largest distance between two of them. */
  readonly largest: number;
  /** ||a - b|| / ||a||; null where a is all zeros. */
  readonly relative: number | null;
};
export type PartDifference = {
  readonly part: Part;
  readonly tensors: readonly TensorDifference[];
  /** Names of tensors that the other has not, or has in another shape. */
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
};
export type Difference = {
  readonly equal: boolean;
  /** As in `epoch: 3 -> 4`. */
  readonly state: readonly string[];
  readonly parts: readonly PartDifference[];
};

export function difference(first: Checkpoint, second: Checkpoint): Difference {
  const state = stateDifference({ step: first.step, ...first.state }, { step: second.step, ...second.state });
  const found = parts
    .filter((part) => first.files[part] ?? second.files[part])
    .map((part) => partDifference(part, first.files[part] ?? new Map(), second.files[part] ?? new Map()));
  const same = ({ tensors, onlyFirst, onlySecond }: PartDifference): boolean =>
    onlyFirst.length + onlySecond.length === 0 && tensors.every(({ differing }) => differing === 0);
  return { equal: state.length === 0 && found.every(same), state, parts: found };
}

function partDifference(part: Part, first: Tensors, second: Tensors): PartDifference {
  const shared = [...first].filter(([name, { shape }]) => shape.join() === second.get(name)?.shape.join());
  const names = new Set(shared.map(([name]) => name));
  return {
    part,
    tensors: shared.map(([name, tensor]) => ({ name, ...tensorDifference(tensor, second.get(name)!) })),
    onlyFirst: [...first.keys()].filter((name) => !names.has(name)),
    onlySecond: [...second.keys()].filter((name) => !names.has(name)),
  };
}

function tensorDifference({ data: a }: Tensor, { data: b }: Tensor): Omit<TensorDifference, "name"> {
  let [differing, largest, apart, whole] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [Number(a[i]), Number(b[i])];
    whole += x * x;
    if (Object.is(x, y)) continue;
    differing++;
    largest = Math.max(largest, Math.abs(x - y));
    apart += (x - y) ** 2;
  }
  return { values: a.length, differing, largest, relative: whole === 0 ? null : Math.sqrt(apart / whole) };
}

function stateDifference(first: object, second: object): string[] {
  const [before, after] = [leaves(first), leaves(second)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const say = (value: string | undefined): string => value ?? "none";
  return keys
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key}: ${say(before.get(key))} -> ${say(after.get(key))}`);
}

/** Every value that is no section, by its dotted key. */
function leaves(value: unknown, key = ""): Map<string, string> {
  if (value === undefined) return new Map();
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return new Map([[key, JSON.stringify(value)]]);
  return new Map(Object.entries(value).flatMap(([name, inner]) => [...leaves(inner, key ? `${key}.${name}` : name)]));
}
