// Every operation that a program may hold, each with its shapes and its gradient.

import type { OperationName } from "../operation-names.ts";
import { arithmetic } from "./arithmetic.ts";
import { arrays } from "./arrays.ts";
import { backward } from "./backward.ts";
import { classifiers } from "./classifiers.ts";
import { control } from "./control.ts";
import type { Definitions } from "./definition.ts";
import { exchange } from "./exchange.ts";
import { maps } from "./maps.ts";
import { normalizations } from "./normalizations.ts";
import { own } from "./own.ts";
import { reductions } from "./reductions.ts";
import { sources } from "./sources.ts";
import { variables } from "./variables.ts";

export const definitions: Definitions<OperationName> = {
  ...arithmetic,
  ...arrays,
  ...backward,
  ...classifiers,
  ...control,
  ...exchange,
  ...maps,
  ...normalizations,
  ...own,
  ...reductions,
  ...sources,
  ...variables,
};
