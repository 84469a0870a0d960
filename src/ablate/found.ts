// What lies on disk of each cell, held against the plan: a result that is not what the plan asks for does not count.
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { evaluationSchema } from "../results/evaluation-schema.ts";
import { predictionLineSchema } from "../results/prediction-lines.ts";
import { type CellPaths, type CellState, cellPaths, cellState } from "./cell.ts";
import type { Crops } from "./file.ts";
import type { Cell } from "./plan.ts";

/** Ranks and losses by the names of pictures. */
export type Scored = ReadonlyMap<string, z.output<typeof scoreSchema>>;
const scoreSchema = predictionLineSchema.pick({ name: true, rank: true, tied: true, loss: true }).loose();

/** A result that is there and does not count. */
export type Unfit = { readonly kind: "unfit"; readonly message: string };

export interface Found {
  readonly cell: Cell;
  readonly paths: CellPaths;
  readonly state: CellState | Unfit;
  readonly result: Result | undefined;
}
type Result = { readonly scored: Scored; readonly classes: number; readonly majority: number; readonly about: About };
/** What a figure has to say of itself. */
type About = { readonly fingerprint: string; readonly arithmetic: Readonly<Record<string, string | number>> };

const summarySchema = evaluationSchema.pick({ data: true, protocol: true, classes: true }).loose();

export function findCells(folder: string, cells: readonly Cell[], crops: Crops): Found[] {
  const found = cells.map((cell) => findCell(folder, cell, crops));
  return found.map((one) => refuseOtherPictures(one, usualPictures(one, found)));
}

function findCell(folder: string, cell: Cell, crops: Crops): Found {
  const paths = cellPaths(folder, cell, crops);
  const state = cellState(paths);
  if (state.kind !== "done") return { cell, paths, state, result: undefined };
  try {
    return { cell, paths, state, result: readResult(paths, cell, crops) };
  } catch (error) {
    if (error instanceof UserError) return unfit({ cell, paths }, error.message);
    throw error;
  }
}

const unfit = ({ cell, paths }: Pick<Found, "cell" | "paths">, message: string): Found => ({
  cell,
  paths,
  state: { kind: "unfit", message: `${message}; without ${paths.evaluation} --resume evaluates it again` },
  result: undefined,
});

/** Throws UserError("data") for what is missing or damaged, and for another protocol or precision than the plan's. */
function readResult(paths: CellPaths, { experiment: { train } }: Cell, crops: Crops): Result {
  const { data, protocol, classes } = parse(paths.summary, summarySchema, readText(paths.summary));
  const differ = (what: string, got: string, expected: string): never => {
    throw new UserError("data", `evaluated with ${what} ${got}, expected ${expected} as the plan says`);
  };
  if (protocol.name !== `${crops}`) differ("crops", protocol.name, `${crops}`);
  if (train.precision !== "auto" && protocol.precision !== train.precision)
    differ("precision", protocol.precision ?? "unknown", train.precision);
  const lines = readText(paths.predictions).split("\n").filter(Boolean);
  if (lines.length !== data.evaluated)
    throw new UserError("data", `${paths.predictions} has ${lines.length} pictures, expected ${data.evaluated}`);
  const scores = lines.map((line) => parse(paths.predictions, scoreSchema, line));
  return {
    scored: new Map(scores.map((score) => [score.name, score])),
    classes: classes.length,
    majority: Math.max(...classes.map(({ n }) => n)) / data.evaluated,
    about: { fingerprint: data.fingerprint, arithmetic: protocol.arithmetic ?? {} },
  };
}

function readText(path: string): string {
  if (!existsSync(path)) throw new UserError("data", `${path} is missing`);
  return readFileSync(path, "utf8");
}

function parse<Schema extends z.ZodType>(path: string, schema: Schema, text: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const problem = issue ? `${issue.path.join(".")}: ${issue.message}` : String(error);
    throw new UserError("data", `${path} is damaged or of another version: ${problem}`);
  }
}

/** The listing on which most cells were evaluated whose experiments name the same pictures. */
function usualPictures({ cell }: Found, found: readonly Found[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { cell: other, result } of found)
    if (result && picturesOf(other) === picturesOf(cell)) {
      const { fingerprint } = result.about;
      counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1);
    }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

const picturesOf = ({ experiment: { data } }: Cell): string => JSON.stringify([data.train, data.validation]);

function refuseOtherPictures(found: Found, usual: string | undefined): Found {
  const own = found.result?.about.fingerprint;
  if (own === undefined || own === usual) return found;
  const [got, expected] = [own, usual!].map((fingerprint) => fingerprint.slice(0, 12));
  return unfit(found, `evaluated on other pictures (fingerprint ${got}) than the other cells (${expected})`);
}

/** The values that differ among the cells of what decides a result to the last bit: "threads 1 and 2". */
export function differingArithmetic(found: readonly Found[]): string[] {
  const all = found.flatMap(({ result }) => (result ? [result.about.arithmetic] : []));
  const keys = [...new Set(all.flatMap((one) => Object.keys(one)))];
  return keys.flatMap((key) => {
    const values = [...new Set(all.map((one) => `${one[key] ?? "unknown"}` || "none"))];
    return values.length > 1 ? [`${key} ${values.join(" and ")}`] : [];
  });
}
