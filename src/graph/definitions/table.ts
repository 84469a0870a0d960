// Every operation that a program may hold, each with its shapes and its gradient.
import { type Arithmetic, arithmetic } from "./arithmetic.ts";
import { type ArrayOperation, arrays } from "./arrays.ts";
import { type BackwardOperation, backward } from "./backward.ts";
import { type Classifier, classifiers } from "./classifiers.ts";
import type { Definitions } from "./definition.ts";
import { type MapOperation, maps } from "./maps.ts";
import { type Normalization, normalizations } from "./normalizations.ts";
import { type Own, own } from "./own.ts";
import { type Reduction, reductions } from "./reductions.ts";
import { type Source, sources } from "./sources.ts";
import { type VariableOperation, variables } from "./variables.ts";

export type OperationName =
  | Arithmetic
  | ArrayOperation
  | BackwardOperation
  | Classifier
  | MapOperation
  | Normalization
  | Own
  | Reduction
  | Source
  | VariableOperation;

export const definitions: Definitions<OperationName> = {
  ...arithmetic,
  ...arrays,
  ...backward,
  ...classifiers,
  ...maps,
  ...normalizations,
  ...own,
  ...reductions,
  ...sources,
  ...variables,
};
