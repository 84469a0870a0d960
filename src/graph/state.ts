// The state of a training program: a few flat vectors, so that one operation updates every weight at once.
import type { Variable } from "../interpret/parameters.ts";
import { elements } from "./node.ts";

/** What a step changes. Kernels carry weight decay; biases, gammas and betas do not; statistics are batch norm's and are not trained. */
export const changing = ["kernels", "scalars", "statistics"] as const;
/** `frozen`: every variable of the layers that training leaves as they are. */
export const groups = [...changing, "frozen"] as const;
export type Group = (typeof groups)[number];
/** What gradients change. */
export const trained = ["kernels", "scalars"] as const satisfies readonly Group[];
export type Trained = (typeof trained)[number];

/** A value for each of some keys, such as groups. */
export type Per<K extends string, V> = Readonly<Record<K, V>>;
export const per = <K extends string, V>(keys: readonly K[], make: (key: K) => V): Per<K, V> =>
  Object.fromEntries(keys.map((key) => [key, make(key)])) as Per<K, V>;

export interface Extent {
  readonly variable: Variable;
  /** First element in the group's vector. */
  readonly offset: number;
}
export interface Section {
  readonly extents: readonly Extent[];
  readonly size: number;
}
export type Layout = Readonly<Record<Group, Section>>;

/** Whether a layer or a variable is one of these, or lies below one; each a position in the tree, as in `Mixed_5b/b1x1`. */
export const isBelow =
  (paths: readonly string[]) =>
  (name: string): boolean =>
    paths.some((path) => name === path || name.startsWith(`${path}/`));

/** Where each variable lies, in the network's order. Throws (our bug) when `frozen` names what is not there. */
export function layOut(variables: readonly Variable[], frozen: readonly string[] = []): Layout {
  const unknown = frozen.find((path) => !variables.some(({ name }) => isBelow([path])(name)));
  if (unknown !== undefined) throw new Error(`no variable lies below ${unknown}`);
  const isFrozen = isBelow(frozen);
  const groupOf = ({ name, trainable, decayed }: Variable): Group =>
    isFrozen(name) ? "frozen" : trainable ? (decayed ? "kernels" : "scalars") : "statistics";
  const section = (group: Group): Section => {
    let size = 0;
    const extents = variables
      .filter((variable) => groupOf(variable) === group)
      .map((variable) => {
        const offset = size;
        size += elements(variable.shape);
        return { variable, offset };
      });
    return { extents, size };
  };
  return Object.fromEntries(groups.map((group) => [group, section(group)])) as Layout;
}

export type NamedTensors = Map<string, { shape: readonly number[]; data: Float32Array }>;

/** Views of a group's vector under the variables' names, each prefixed by `prefix`. */
export const unpack = (section: Section, vector: Float32Array, prefix = ""): NamedTensors =>
  new Map(
    section.extents.map(({ variable, offset }) => [
      `${prefix}${variable.name}`,
      { shape: variable.shape, data: vector.subarray(offset, offset + elements(variable.shape)) },
    ]),
  );

/** The group's vector from named tensors; throws (our bug) when one is missing or has another size. */
export function pack(
  section: Section,
  tensors: ReadonlyMap<string, { data: Float32Array }>,
  prefix = "",
): Float32Array {
  const vector = new Float32Array(section.size);
  for (const { variable, offset } of section.extents) {
    const tensor = tensors.get(`${prefix}${variable.name}`);
    if (tensor?.data.length !== elements(variable.shape))
      throw new Error(`tensor ${prefix}${variable.name} does not fit`);
    vector.set(tensor.data, offset);
  }
  return vector;
}
