// Which cells of a plan a sitting works on: by row, by seed, or a share of them.
import { nearest } from "../config/nearest.ts";
import { UserError } from "../errors.ts";
import type { Shard } from "../evaluate/shard.ts";
import { parseSeeds, seedsExpected } from "./file.ts";
import { type Cell, cellsOf, type Plan, slug } from "./plan.ts";

export type Wanted = {
  /** Names or short names of rows, with commas; all where left out. */
  readonly rows?: string | undefined;
  readonly seeds?: readonly number[] | undefined;
  readonly shard?: Shard | undefined;
};

/** The cells asked for, in the plan's order; throws a `usage` UserError for a row that is not there. */
export function selectCells(plan: Plan, { rows, seeds, shard }: Wanted): Cell[] {
  const names = rows === undefined ? undefined : rowsNamed(plan, rows);
  return cellsOf(plan)
    .filter(({ row, seed }) => (names?.has(row) ?? true) && (seeds?.includes(seed) ?? true))
    .filter((_, i) => shard === undefined || i % shard.of === shard.part - 1);
}

/** The cell whose id this is. Throws UserError("usage") where the plan has none. */
export function cellCalled(plan: Plan, id: string): Cell {
  const cell = cellsOf(plan).find((one) => one.id === id);
  if (cell) return cell;
  throw new UserError("usage", `--cell: the plan has no cell ${JSON.stringify(id)}`, {
    hint: "inception ablate --dry-run --json and --executor print list them",
  });
}

function rowsNamed({ rows }: Plan, text: string): Set<string> {
  const byName = new Map(rows.flatMap(({ name }) => [[slug(name), name] as const, [name, name] as const]));
  const whole = byName.get(text.trim());
  if (whole !== undefined) return new Set([whole]);
  return new Set(
    text.split(",").map((word) => {
      const found = byName.get(word.trim()) ?? byName.get(slug(word));
      if (found !== undefined) return found;
      const short = rows.map(({ name }) => slug(name));
      throw new UserError(
        "usage",
        `--rows: there is no row ${JSON.stringify(word.trim())}${nearest(slug(word), short)}`,
        {
          hint: `rows: ${short.join(", ")}`,
        },
      );
    }),
  );
}

export function readSeeds(text: string): number[] {
  const seeds = parseSeeds(text);
  if (seeds && new Set(seeds).size === seeds.length) return seeds;
  throw new UserError("usage", `--seeds: expected ${seedsExpected}, each once, got ${JSON.stringify(text)}`);
}
