// What a plan can show: the smallest difference that its seeds and pictures find, by what is given, measured or assumed of trainings.
import { agree } from "../statistics/agreement.ts";
import { type AblationRow, errorOf } from "../statistics/difference.ts";
import { smallestDifference, wantedPower } from "../statistics/power.ts";
import { describe, leastSignFlip } from "../statistics/repeats.ts";
import type { Plan } from "./plan.ts";
import { finishedRows } from "./results.ts";

/** Shares: of a training's error over seeds, and of the pictures that just one of two trainings gets right. */
export type Spread = { readonly sd: number; readonly disagreement: number };

export type PlanPower = {
  readonly pictures: number;
  /** Of one kind, over which Holm corrects. */
  readonly comparisons: number;
  readonly power: number;
  readonly disagreement: number;
  readonly disagreementFrom: Source;
  readonly sdFrom: Source;
  readonly prospects: readonly {
    readonly seeds: number;
    readonly sd: number;
    /** Null where no difference is large enough. */
    readonly smallestDifference: number | null;
    /** Of the exact test; null with one seed. */
    readonly leastP: number | null;
  }[];
};
export type Source = "given" | "measured" | "assumed";

/** Where nothing is known: long trainings on many pictures, short ones, and short ones on few. */
const assumed = { sds: [0.003, 0.01, 0.03], disagreement: 0.15 } as const;
/** Beside the plan's own. */
const otherSeeds = [3, 5, 10] as const;

/** `given` goes before what finished cells show, and that before what is assumed. */
export function planPower(
  plan: Pick<Plan, "rows" | "seeds">,
  { pictures, given, measured }: { pictures: number; given: Partial<Spread>; measured: Spread | undefined },
): PlanPower {
  const comparisons = plan.rows.length - 1;
  const [sds, sdFrom] = chosen(given.sd, measured?.sd);
  const [disagreement, disagreementFrom] = chosen(given.disagreement, measured?.disagreement);
  const used = disagreement?.[0] ?? assumed.disagreement;
  const numbers = [...new Set([plan.seeds.length, ...otherSeeds])].sort((a, b) => a - b);
  return {
    pictures,
    comparisons,
    power: wantedPower,
    disagreement: used,
    disagreementFrom,
    sdFrom,
    prospects: numbers.flatMap((seeds) =>
      (sds ?? assumed.sds).map((sd) => {
        const found = smallestDifference({ seeds, pictures, comparisons, sd, disagreement: used });
        return {
          seeds,
          sd,
          smallestDifference: found < 1 ? found : null,
          leastP: seeds > 1 ? leastSignFlip(seeds) : null,
        };
      }),
    ),
  };
}

const chosen = (given: number | undefined, measured: number | undefined): [readonly number[] | undefined, Source] => {
  if (given !== undefined) return [[given], "given"];
  return measured === undefined ? [undefined, "assumed"] : [[measured], "measured"];
};

/** Of the finished cells of a folder: rows with several seeds. Undefined where there is none. */
export const measuredSpread = (folder: string, plan: Plan): Spread | undefined => spreadOf(finishedRows(folder, plan));

/** Variances over seeds pooled, and the disagreement of every two seeds of a row, mean over all. */
export function spreadOf(rows: readonly AblationRow[]): Spread | undefined {
  const repeated = rows.filter(({ cells }) => cells.length > 1);
  if (repeated.length === 0) return undefined;
  let [squares, degrees] = [0, 0];
  const disagreements: number[] = [];
  for (const { cells } of repeated) {
    squares += describe(cells.map(errorOf)).sd! ** 2 * (cells.length - 1);
    degrees += cells.length - 1;
    for (const [i, first] of cells.entries())
      for (const second of cells.slice(i + 1)) {
        const { onlyA, onlyB } = agree(first.correct, second.correct);
        disagreements.push((onlyA + onlyB) / first.correct.length);
      }
  }
  return { sd: Math.sqrt(squares / degrees), disagreement: describe(disagreements).mean };
}
