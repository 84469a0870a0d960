// The state of a training program as named tensors: set as a start says, and saved.
import type { CheckpointFiles, WholeFiles } from "../checkpoint/store.ts";
import { UserError } from "../errors.ts";
import { groups, type Layout, type NamedTensors, pack, unpack } from "../graph/state.ts";
import { pendingPrefix, type TrainingProgram } from "../graph/training-program.ts";
import { entry } from "../graph/vectors.ts";
import type { Variable } from "../interpret/parameters.ts";
import type { Engine, Feed } from "../runtime/session.ts";
import type { Start, StartFrom } from "./start.ts";
import { unfit } from "./unfit.ts";

/** Sets every vector. Throws UserError("foreignWeights") where weights do not fit the network. */
export const begin = (engine: Engine, program: TrainingProgram, start: Start): Promise<unknown> =>
  (beginnings[start.from] as Beginning<Start["from"]>)(start, engine, program);

type Beginning<K extends Start["from"]> = (
  start: StartFrom<K>,
  engine: Engine,
  program: TrainingProgram,
) => Promise<unknown>;

const beginnings: { readonly [K in Start["from"]]: Beginning<K> } = {
  seed: ({ seed }, engine) =>
    engine.run({ seed: { dtype: "int32", shape: [2], value: Int32Array.from(seed) } }, ["initialize"]),
  checkpoint({ checkpoint: { files } }, engine, program) {
    requireWhole(program, files);
    return assign(engine, program, (prefix, group) => {
      const { part, before } = placeOf(prefix);
      return pack(program.layout[group], files[part] as NamedTensors, before);
    });
  },
  weights({ weights }, engine, program) {
    requireFit(
      groups.flatMap((group) => program.layout[group].extents.map(({ variable }) => variable)),
      weights,
    );
    return assign(engine, program, (prefix, group) =>
      prefix === "" || isAverage(prefix) ? pack(program.layout[group], weights) : undefined,
    );
  },
};

/** Sets each vector to what it is said to hold, or to what it starts with. */
async function assign(
  engine: Engine,
  { vectors, fresh }: TrainingProgram,
  vectorOf: (prefix: string, group: keyof Layout) => Float32Array | undefined,
): Promise<void> {
  const feeds = [...vectors].map(([name, size]): [string, Feed] => {
    const { prefix, group } = vectorName(name);
    const held = prefix === sums ? undefined : vectorOf(prefix === pendingPrefix ? "" : prefix, group);
    const vector = held ?? new Float32Array(size).fill(fresh.get(name)!);
    return [entry.assign(name), { dtype: "string", value: new Uint8Array(vector.buffer) }];
  });
  await engine.run(Object.fromEntries(feeds), [entry.assigned]);
}

/** Throws UserError("checkpoint") that names what is missing of all that training changes. */
export function requireWhole(
  { vectors, layout }: Pick<TrainingProgram, "vectors" | "layout">,
  files: CheckpointFiles,
): void {
  for (const { prefix, group } of [...vectors.keys()].map(vectorName)) {
    if (within.has(prefix)) continue;
    const { part, before } = placeOf(prefix);
    const missing = layout[group].extents.find(({ variable }) => !files[part]?.has(`${before}${variable.name}`));
    if (missing !== undefined)
      throw new UserError(
        "checkpoint",
        `this training cannot go on: its checkpoint lacks ${before}${missing.variable.name} in its ${part}`,
      );
  }
}

/** Where a checkpoint has the vectors of this prefix, and how their tensors' names begin there. */
const placeOf = (prefix: string): { readonly part: keyof CheckpointFiles; readonly before: string } =>
  prefix === ""
    ? { part: "weights", before: "" }
    : isAverage(prefix)
      ? { part: "average", before: "" }
      : { part: "optimizer", before: prefix };

/** Throws UserError("foreignWeights") that names what is missing, too much or of another shape. */
export function requireFit(variables: readonly Pick<Variable, "name" | "shape">[], weights: NamedTensors): void {
  const wanted = new Map(variables.map(({ name, shape }) => [name, shape]));
  const shown = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
  const problems = [
    ...[...wanted.keys()].filter((name) => !weights.has(name)).map((name) => `${name} is missing`),
    ...[...weights.keys()].filter((name) => !wanted.has(name)).map((name) => `${name} is none of the network's`),
    ...[...weights].flatMap(([name, { shape }]) => {
      const expected = wanted.get(name);
      return expected === undefined || shown(shape) === shown(expected)
        ? []
        : [`${name} is ${shown(shape)}, expected ${shown(expected)}`];
    }),
  ];
  if (problems.length > 0) throw unfit(problems);
}

/** Everything but gradient sums, which are zero between steps, and what is pending, which is nothing then. */
export async function save(engine: Engine, program: TrainingProgram): Promise<WholeFiles> {
  const names = [...program.vectors.keys()].filter((name) => !within.has(vectorName(name).prefix));
  const tensors = await engine.run({}, names.map(entry.read));
  const vectors = new Map(names.map((name, i) => [name, tensors[i]!.data as Float32Array]));
  const named = (
    wanted: (prefix: string, group: string) => boolean,
    rename = (prefix: string) => prefix,
  ): NamedTensors =>
    new Map(
      [...vectors].flatMap(([name, vector]) => {
        const { prefix, group } = vectorName(name);
        return wanted(prefix, group) ? [...unpack(program.layout[group], vector, rename(prefix))] : [];
      }),
    );
  const hasAverage = names.some((name) => isAverage(vectorName(name).prefix));
  return {
    weights: named((prefix) => prefix === ""),
    // Frozen weights are their own average.
    ...(hasAverage && {
      average: named(
        (prefix, group) => isAverage(prefix) || group === "frozen",
        () => "",
      ),
    }),
    optimizer: named((prefix) => prefix !== "" && !isAverage(prefix)),
  };
}

const sums = "gradient/";
/** What only lives within a step. */
const within: ReadonlySet<string> = new Set([sums, pendingPrefix]);
const isAverage = (prefix: string): boolean => prefix === "average/";

/** `momentum/kernels` as prefix `momentum/` and group `kernels`. */
function vectorName(name: string): { prefix: string; group: keyof Layout } {
  const group = groups.find((group) => name === group || name.endsWith(`/${group}`))!;
  return { prefix: name.slice(0, name.length - group.length), group };
}
