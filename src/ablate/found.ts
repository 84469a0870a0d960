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

/** What an ablation needs of a summary. */
const summarySchema = evaluationSchema
  .pick({ data: true, protocol: true })
  .loose()
  .extend({ classes: z.array(z.looseObject({ n: z.int() })) });

/** Fingerprint of the pictures that an experiment names; undefined where it is not known. */
export type FingerprintOf = (experiment: Cell["experiment"]) => string | undefined;

/** Where the pictures are not at hand, the ones that most cells were evaluated on are taken for the plan's. */
export function findCells(
  folder: string,
  cells: readonly Cell[],
  crops: Crops,
  fingerprintOf: FingerprintOf = () => undefined,
): Found[] {
  const found = cells.map((cell) => findCell(folder, cell, crops));
  return found.map((one) => {
    const known = fingerprintOf(one.cell.experiment);
    return known === undefined
      ? refuseOtherPictures(one, usualPictures(one, found), "than the other cells")
      : refuseOtherPictures(one, known, "than the plan names");
  });
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
function readResult(paths: CellPaths, cell: Cell, crops: Crops): Result {
  const { data, protocol, classes } = parse(paths.summary, summarySchema, readText(paths.summary));
  for (const [what, got, expected] of promised(cell, crops, protocol))
    if (expected !== undefined && got !== expected)
      throw new UserError("data", `evaluated with ${what} ${got ?? "unknown"}, expected ${expected} as the plan says`);
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

type Protocol = z.output<typeof summarySchema>["protocol"];

/** What a result says of itself and what the plan asks for; undefined where it leaves that open. */
const promised = (
  { experiment: { train, data, evaluate } }: Cell,
  crops: Crops,
  { name, average, precision, size, preset, fit, cropShare, interpolation }: Protocol,
): (readonly [what: string, got: string | number | undefined, expected: string | number | undefined])[] => [
  ["crops", name, `${crops}`],
  ["the mean of", average, "probabilities"],
  ["precision", precision, train.precision === "auto" ? undefined : train.precision],
  ["pixels", size, size === undefined ? undefined : data.size],
  ["preset", preset, preset === undefined ? undefined : evaluate.preset],
  ["fit", preset && (fit ?? "crop"), preset && evaluate.fit],
  ["crop share", cropShare, cropShare === undefined ? undefined : "the preset's"],
  ["interpolation", interpolation, interpolation === undefined ? undefined : "the preset's"],
];

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

function refuseOtherPictures(found: Found, expected: string | undefined, than: string): Found {
  const own = found.result?.about.fingerprint;
  if (own === undefined || expected === undefined || own === expected) return found;
  return unfit(found, `evaluated on other pictures (fingerprint ${short(own)}) ${than} (${short(expected)})`);
}

const short = (fingerprint: string): string => fingerprint.slice(0, 12);

/** The values that differ among the cells of what decides a result to the last bit: "threads 1 and 2". */
export function differingArithmetic(found: readonly Found[]): string[] {
  const all = found.flatMap(({ result }) => (result ? [result.about.arithmetic] : []));
  const keys = [...new Set(all.flatMap((one) => Object.keys(one)))];
  return keys.flatMap((key) => {
    const values = [...new Set(all.map((one) => `${one[key] ?? "unknown"}` || "none"))];
    return values.length > 1 ? [`${key} ${values.join(" and ")}`] : [];
  });
}
