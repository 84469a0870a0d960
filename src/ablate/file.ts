// An ablation file: every key it may hold, read with the origin of each.
import { z } from "zod";
import { parseDocument } from "../config/load.ts";
import type { Origins } from "../config/origins.ts";
import { type Problem, problemsError } from "../config/problem.ts";
import { isForbidden } from "../config/source.ts";

export const modes = ["cumulative", "one-in", "one-out", "grid"] as const;
export type Mode = (typeof modes)[number];

const changes = z.record(z.string(), z.unknown()).describe("Changes of an experiment, each a dotted key and its value");
const percent = z.number().min(0).max(100);

export const ablationSchema = z.strictObject({
  name: z
    .string()
    .max(60)
    .regex(/^[a-z0-9][a-z0-9._-]*$/i)
    .describe("Names the folder of results"),
  base: z
    .strictObject({
      config: z
        .string()
        .optional()
        .describe(
          "An experiment file (beside this one, or from here) or the name of a shipped one; else the default one",
        ),
      set: changes.default({}).describe("Changes of it that all rows share"),
    })
    .prefault({})
    .describe("The experiment that every row starts from"),
  mode: z
    .enum(modes)
    .default("cumulative")
    .describe(
      "cumulative: each row adds to the one before; one-in: each alone; one-out: all but one; grid: every combination",
    ),
  rows: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(80).describe("As it stands in the table"),
        set: changes.default({}).describe("What this row changes"),
        paper: z
          .strictObject({
            top1: percent.optional().describe("Top-1 error in per cent"),
            top5: percent.optional().describe("Top-5 error in per cent"),
            multiplyAdds: z.number().positive().optional().describe("Multiply-adds of one picture"),
          })
          .optional()
          .describe("What the paper prints for this row, on ImageNet"),
      }),
    )
    .min(1)
    .describe("The rows of the table"),
  seeds: z
    .union([z.array(z.int().min(0)).min(1), z.string()])
    .default([0])
    .describe('A run for each: a list, or a range such as "0..4"'),
  evaluate: z
    .strictObject({
      crops: z
        .literal(["single", 10, 12, 36, 144])
        .default("single")
        .describe("Crops of each picture whose probabilities are averaged"),
    })
    .prefault({})
    .describe("How every trained network is judged"),
});

export type Crops = z.output<typeof ablationSchema>["evaluate"]["crops"];
export type PaperCells = NonNullable<z.output<typeof ablationSchema>["rows"][number]["paper"]>;

export type Ablation = Omit<z.output<typeof ablationSchema>, "seeds"> & {
  readonly path: string;
  readonly seeds: readonly number[];
  readonly origins: Origins;
};

/** Reads the text of an ablation file; throws a `usage` UserError listing every problem. */
export function parseAblation(text: string, path: string): Ablation {
  const { data, origins } = parseDocument(ablationSchema, { text, file: path, hint });
  const seeds = typeof data.seeds === "string" ? parseSeeds(data.seeds) : data.seeds;
  const problem = (at: readonly PropertyKey[], message: string): Problem => ({
    origin: origins.of(at),
    path: at.join("."),
    message,
  });
  const problems = [
    ...(seeds ? [] : [problem(["seeds"], `expected ${seedsExpected}, got ${JSON.stringify(data.seeds)}`)]),
    ...(seeds && new Set(seeds).size < seeds.length ? [problem(["seeds"], "expected each seed once")] : []),
    ...(data.mode === "grid" && data.rows.length > mostFactors
      ? [problem(["rows"], `expected at most ${mostFactors} rows in a grid, got ${data.rows.length}`)]
      : []),
    ...data.rows.flatMap(({ name }, i) =>
      data.rows.findIndex((row) => row.name === name) < i
        ? [problem(["rows", i, "name"], `a row before it is called ${JSON.stringify(name)} too`)]
        : [],
    ),
    ...data.rows.flatMap(({ set }, i) =>
      Object.keys(set).flatMap((key) => {
        const reason = refusedKey(key);
        return reason ? [problem(["rows", i, "set", key], reason)] : [];
      }),
    ),
  ];
  if (problems.length > 0) throw problemsError(path, problems, hint);
  return { ...data, path, seeds: seeds!, origins };
}

const hint = "an ablation file has name, base, mode, rows, seeds and evaluate; see `inception ablate --help`";

export const seedsExpected = 'whole numbers, such as "0..4" or "0,1,2"';

/** "0..4", "0,2" or "3" as numbers; undefined when it is none of these. */
export function parseSeeds(text: string): number[] | undefined {
  const range = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text.trim());
  if (range) {
    const [first, last] = [Number(range[1]), Number(range[2])];
    return first <= last && last - first < mostSeeds ? span(first, last) : undefined;
  }
  const words = text.split(",").map((word) => word.trim());
  return words.every((word) => /^\d{1,9}$/.test(word)) ? words.map(Number) : undefined;
}

const mostSeeds = 1000;
const mostFactors = 8;
const span = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

function refusedKey(key: string): string | undefined {
  if (key.split(".").some(isForbidden)) return "this key is refused";
  return key === "seed" || key === "name" ? "is not a row's to set: it follows from the row and its seed" : undefined;
}
