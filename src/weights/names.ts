// The names of our variables in another program, and their layouts: one table, read in both directions.
import { type Variable, variables } from "../interpret/parameters.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { NetworkOptions } from "../network/options.ts";
import type { Layout } from "./layouts.ts";
import type { ForeignNetwork } from "./sources/source.ts";

/** A variable of ours and what it is in the other program. */
export interface Entry {
  readonly variable: Variable;
  readonly theirs: string;
  readonly layout: Layout;
  /** In the other program. */
  readonly shape: readonly number[];
}

export const variablesIn = (options: NetworkOptions, size: number): Variable[] =>
  variables(buildNetwork(options, size), { height: size, width: size, channels: 3 });

/** The other program's name of each variable; undefined for those that it has not. */
export const entriesOf = (foreign: ForeignNetwork, ours: readonly Variable[]): readonly (Entry | undefined)[] =>
  ours.map((variable) => entryOf(foreign, variable));

function entryOf({ units, parts }: ForeignNetwork, variable: Variable): Entry | undefined {
  const steps = variable.name.split("/");
  const unit = steps.slice(0, -2).join("/");
  const name = units[unit];
  const part = parts[steps.slice(-3).join("/")] ?? parts[steps.slice(-2).join("/")];
  if (name === undefined || part === undefined) return undefined;
  const [template, layout] = part;
  return { variable, theirs: template.replace("{}", name), layout, shape: layout.shape(variable.shape) };
}
