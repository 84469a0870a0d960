// The plan of an ablation as a value: rows with their resolved experiments and differences, and cells, row by seed.
import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { Change } from "../config/changes.ts";
import { parseExperiment } from "../config/load.ts";
import type { Setting } from "../config/origins.ts";
import { problemsError } from "../config/problem.ts";
import type { Experiment } from "../config/schema.ts";
import { changesBetweenRows, settledRow, undeclared, wordChange } from "./diff.ts";
import type { Ablation, Crops, Mode, PaperCells } from "./file.ts";

export type Row = {
  readonly name: string;
  /** Name of the row that `changes` are against; undefined for the base experiment itself. */
  readonly against: string | undefined;
  readonly changes: readonly Change[];
  readonly experiment: Experiment;
  readonly paper: PaperCells | undefined;
  /** Of a grid: the file's rows that are together in this one. */
  readonly factors: readonly string[];
};

export type Cell = {
  /** Hash of the resolved experiment and seed: what two cells share exactly when they compute the same. */
  readonly id: string;
  /** Ends in the id, after what a reader would call it. */
  readonly folder: string;
  readonly row: string;
  readonly seed: number;
  readonly experiment: Experiment;
};

export type Plan = {
  readonly name: string;
  readonly mode: Mode;
  readonly base: Experiment;
  readonly rows: readonly Row[];
  readonly seeds: readonly number[];
  readonly crops: Crops;
  /** What the experiments' rules find allowed but probably not meant, each sentence once. */
  readonly warnings: readonly string[];
};

/** The text of the base experiment and where it was read. */
export type Base = { readonly text: string; readonly path: string };

/** What changes the base for every row: the file's own settings, then `sets`. */
export const baseSettings = (ablation: Ablation, sets: readonly string[]): Setting[] => [
  ...settingsAt(ablation, ["base", "set"], ablation.base.set),
  ...sets,
];

/**
 * Resolves every row. `sets` change the base after the file's own changes and before those of the rows.
 * Throws a `usage` UserError for a row that is no experiment, changes nothing, or changes more than it declares.
 */
export function planAblation(ablation: Ablation, base: Base, sets: readonly string[] = []): Plan {
  const common = baseSettings(ablation, sets);
  const warnings = new Set<string>();
  const resolve = (settings: readonly Setting[]): Experiment => {
    const { experiment, warnings: found } = parseExperiment(base.text, base.path, [...common, ...settings]);
    for (const warning of found) warnings.add(warning);
    return experiment;
  };
  const start = resolve([]);
  const rows: Row[] = [];
  for (const draft of drafts[ablation.mode](ablation)) {
    const experiment = resolve(draft.settings);
    const before = draft.against === undefined ? start : rows[draft.against]!.experiment;
    const changes = changesBetweenRows(before, experiment);
    const { name, paper, factors = [] } = draft;
    const row = { name, against: rows[draft.against ?? -1]?.name, changes, experiment, paper, factors };
    check(ablation, row, draft, rows);
    rows.push(row);
  }
  const { name, mode, seeds } = ablation;
  return { name, mode, base: start, rows, seeds, crops: ablation.evaluate.crops, warnings: [...warnings] };
}

/** By seed, then row: an ablation that is cut short has whole pairs. */
export const cellsOf = ({ rows, seeds }: Pick<Plan, "rows" | "seeds">): Cell[] =>
  seeds.flatMap((seed) =>
    rows.map((row): Cell => {
      const id = cellId(row.experiment, seed);
      const experiment = { ...row.experiment, name: "run", seed };
      return { id, folder: `${slug(row.name)}-seed${seed}-${id}`, row: row.name, seed, experiment };
    }),
  );

/** Letters, digits and dashes. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40) || "row";

export const cellId = (experiment: Experiment, seed: number): string =>
  createHash("sha256")
    .update(JSON.stringify([settledRow(experiment).sort(([a], [b]) => (a < b ? -1 : 1)), seed]))
    .digest("hex")
    .slice(0, 16);

/** A row before it is resolved; `against` is the index of a row before it. */
type Draft = {
  readonly name: string;
  readonly settings: readonly Setting[];
  readonly declared: readonly string[];
  readonly against: number | undefined;
  readonly paper: PaperCells | undefined;
  readonly factors?: readonly string[];
  /** Which row of the file it comes from. */
  readonly source: number;
};

const drafts: Readonly<Record<Mode, (ablation: Ablation) => Draft[]>> = {
  cumulative: (ablation) =>
    ablation.rows.map(({ name, set, paper }, i) => ({
      name,
      settings: ablation.rows.slice(0, i + 1).flatMap((_, j) => ownSettings(ablation, j)),
      declared: Object.keys(set),
      against: i === 0 ? undefined : i - 1,
      paper,
      source: i,
    })),
  "one-in": (ablation) => withReference(ablation, "base", [], (i) => ownSettings(ablation, i)),
  "one-out": (ablation) => {
    const without = (left: number) => ablation.rows.flatMap((_, j) => (j === left ? [] : ownSettings(ablation, j)));
    // Whatever the file calls a first row that changes nothing: here it holds every change.
    return withReference(ablation, "all", without(-1), without).map((draft, i) => ({
      ...draft,
      name: i === 0 ? "all" : `without ${draft.name}`,
    }));
  },
  grid: (ablation) => {
    const [reference, ...factors] = withReference(ablation, "base", [], (i) => ownSettings(ablation, i));
    const combined = combinations(factors).map((parts) => ({
      name: parts.map(({ name }) => name).join(", "),
      settings: parts.flatMap(({ settings }) => settings),
      declared: parts.flatMap(({ declared }) => declared),
      against: 0,
      paper: parts.length === 1 ? parts[0]!.paper : undefined,
      factors: parts.map(({ name }) => name),
      source: parts[0]!.source,
    }));
    return [reference!, ...combined];
  },
};

/** A first row that changes nothing of its own is the reference the others are held against; else one is put before them. */
function withReference(
  ablation: Ablation,
  name: string,
  settings: readonly Setting[],
  settingsOf: (row: number) => readonly Setting[],
): Draft[] {
  const named = Object.keys(ablation.rows[0]!.set).length === 0;
  const own = ablation.rows.map(({ name, set, paper }, i) => ({
    name,
    settings: settingsOf(i),
    declared: Object.keys(set),
    against: 0,
    paper,
    source: i,
  }));
  const reference = { name, paper: undefined, ...(named && own[0]), settings, declared: ablation.rows.flatMap(keysOf) };
  return [{ ...reference, against: undefined, source: 0 }, ...own.slice(named ? 1 : 0)];
}

/** Every set of one or more factors, smaller ones first; factors that set the same key are levels of one and never meet. */
function combinations(factors: readonly Draft[]): Draft[][] {
  const sets: Draft[][] = [[]];
  for (const factor of factors) {
    const clashes = (part: Draft): boolean => part.declared.some((key) => factor.declared.includes(key));
    sets.push(...sets.filter((parts) => !parts.some(clashes)).map((parts) => [...parts, factor]));
  }
  return sets.slice(1).sort((a, b) => a.length - b.length);
}

const keysOf = ({ set }: Ablation["rows"][number]): string[] => Object.keys(set);

const ownSettings = (ablation: Ablation, row: number): Setting[] =>
  settingsAt(ablation, ["rows", row, "set"], ablation.rows[row]!.set);

/** Changes as settings that know where in the file they stand. */
const settingsAt = (
  { origins }: Ablation,
  path: readonly PropertyKey[],
  set: Readonly<Record<string, unknown>>,
): Setting[] =>
  Object.entries(set).map(([key, value]) => ({
    text: `${key}=${stringify(value)}`,
    origin: origins.of([...path, key]),
  }));

function check({ path, origins }: Ablation, row: Row, { declared, source }: Draft, earlier: readonly Row[]): void {
  const at = ["rows", source];
  const refuse = (message: string, hint: string): never => {
    throw problemsError(path, [{ origin: origins.of(at), path: at.join("."), message }], hint);
  };
  const more = undeclared(row.changes, declared);
  if (more.length > 0)
    refuse(
      `"${row.name}" changes more than it declares: ${more.map(wordChange).join(", ")}`,
      "write these keys into the row's `set`, with the value it had before or the new one",
    );
  const twin = earlier.find(({ experiment }) => changesBetweenRows(experiment, row.experiment).length === 0);
  if (twin)
    refuse(
      `"${row.name}" is the same experiment as "${twin.name}"`,
      "a row changes something; see also whether a --set has made them equal",
    );
}
