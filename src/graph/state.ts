// The state of a training program: a few flat vectors, so that one operation updates every weight at once.
import type { Variable } from "../interpret/parameters.ts";
import { elements } from "./node.ts";

/** Kernels carry weight decay; biases, gammas and betas do not; statistics are batch norm's and are not trained. */
export const groups = ["kernels", "scalars", "statistics"] as const;
export type Group = (typeof groups)[number];

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

const groupOf = (variable: Variable): Group =>
  variable.trainable ? (variable.decayed ? "kernels" : "scalars") : "statistics";

/** Where each variable lies, in the network's order. */
export function layOut(variables: readonly Variable[]): Layout {
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
  return { kernels: section("kernels"), scalars: section("scalars"), statistics: section("statistics") };
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
