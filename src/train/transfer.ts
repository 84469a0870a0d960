// Weights of one network's checkpoint for another: the trunk as it is, the classifiers by the names of their classes.

import { elements } from "../graph/node.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { Variable } from "../interpret/parameters.ts";
import { unfit } from "./unfit.ts";

export interface Given {
  readonly weights: NamedTensors;
  readonly classes: readonly string[];
  /** Whether the first class is one that no picture has. */
  readonly background: boolean;
}

export interface Wanted {
  readonly variables: readonly Variable[];
  /** Positions of the dense layers that give a number for each class. */
  readonly classifiers: readonly string[];
  readonly classes: readonly string[];
  /** Starting values of all variables. */
  readonly initial: NamedTensors;
}

/** Names of variables; the last of the given weights'. */
export interface Account {
  readonly loaded: readonly string[];
  /** Start anew although there are weights: those of other classes, or of an auxiliary head on another grid. */
  readonly replaced: readonly string[];
  /** Start anew as there are no weights: an auxiliary head's, or a classifier's. */
  readonly missing: readonly string[];
  readonly leftOver: readonly string[];
}

/**
 * A tensor for each variable. Classifiers of the same classes keep their weights, in another order where the names are. Throws
 * UserError("foreignWeights") naming what outside of the heads is missing or of another shape.
 */
export function transfer(given: Given, wanted: Wanted): { readonly weights: NamedTensors; readonly account: Account } {
  const columns = columnsOf(given, wanted.classes);
  const found = wanted.variables.map((variable): [Variable, Found] => {
    const isClassifier = wanted.classifiers.some((path) => variable.name.startsWith(`${path}/`));
    return [variable, find(variable, given.weights.get(variable.name), isClassifier ? { columns } : undefined)];
  });
  const problems = found.flatMap(([, { problem }]) => (problem === undefined ? [] : [problem]));
  if (problems.length > 0) throw unfit(problems);
  const names = (kind: Found["kind"]) => found.flatMap(([{ name }, found]) => (found.kind === kind ? [name] : []));
  const own = new Set(wanted.variables.map(({ name }) => name));
  return {
    weights: new Map(found.map(([{ name }, { tensor }]) => [name, tensor ?? wanted.initial.get(name)!])),
    account: {
      loaded: names("loaded"),
      replaced: names("replaced"),
      missing: names("missing"),
      leftOver: [...given.weights.keys()].filter((name) => !own.has(name)),
    },
  };
}

type Tensor = NonNullable<ReturnType<NamedTensors["get"]>>;
type Found = { readonly kind: "loaded" | "replaced" | "missing"; readonly tensor?: Tensor; readonly problem?: string };

/** `columns`: for each class its place among the given ones; undefined where they are others. */
type Classifier = { readonly columns: readonly number[] | undefined };

function columnsOf({ classes, background }: Given, wanted: readonly string[]): readonly number[] | undefined {
  const first = background ? 1 : 0;
  const places = wanted.map((name) => classes.indexOf(name, first));
  return places.includes(-1) || wanted.length !== classes.length - first ? undefined : places;
}

function find(variable: Variable, tensor: Tensor | undefined, classifier: Classifier | undefined): Found {
  const { name, shape, auxiliary } = variable;
  if (tensor === undefined)
    return { kind: "missing", ...(auxiliary || classifier ? {} : { problem: `${name} is missing` }) };
  if (classifier && classifier.columns === undefined) return { kind: "replaced" };
  const own = classifier?.columns ? pickColumns(tensor, classifier.columns) : tensor;
  if (own.shape.join() === shape.join()) return { kind: "loaded", tensor: own };
  if (auxiliary) return { kind: "replaced" };
  return { kind: "replaced", problem: `${name} is [${tensor.shape.join(", ")}], expected [${shape.join(", ")}]` };
}

/** The tensor with these of its last axis. */
function pickColumns({ shape, data }: Tensor, columns: readonly number[]): Tensor {
  const width = shape.at(-1)!;
  if (width === columns.length && columns.every((column, i) => column === i)) return { shape, data };
  const rows = elements(shape) / width;
  const picked = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row++)
    for (const [i, column] of columns.entries()) picked[row * columns.length + i] = data[row * width + column]!;
  return { shape: [...shape.slice(0, -1), columns.length], data: picked };
}
