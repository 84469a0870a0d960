// A factorial plan's effects: what each change brings on average over the others, and what changes bring together beyond their sum.
import { type Contrast, contrast } from "./contrast.ts";
import type { AblationRow } from "./difference.ts";
import { adjustWithin, judge, type Verdict } from "./verdict.ts";

/** A row of a grid: which changes are in it; none in the first. */
export interface FactorialRow extends AblationRow {
  readonly factors: readonly string[];
}

export interface Effect extends Contrast {
  /** One change: its main effect. More: their interaction. */
  readonly factors: readonly string[];
  /** Seeds that every row concerned finished. */
  readonly seeds: readonly number[];
  /** Settings of the other changes that it is the mean of. */
  readonly settings: number;
  /** Holm's correction over the effects of as many changes, of which there are `family`; null with one seed. */
  readonly adjustedP: number | null;
  readonly family: number;
  readonly verdict: Verdict;
}

/**
 * The effect of every set of changes that stands together in a row, by the number of changes. Of one change: the error with it minus the error
 * without, mean over every setting of the others that the plan has both ways. Of two: the effect of the one with the other minus that without; and
 * so on for more (F. Yates, The Design and Analysis of Factorial Experiments, 1937; interactions are not halved). Below zero is better, or for an
 * interaction: together better than the sum. Left out where the rows concerned share no finished seed.
 */
export function factorialEffects(rows: readonly FactorialRow[]): Effect[] {
  const byFactors = new Map(rows.map((row) => [nameOf(row.factors), row]));
  const found = rows
    .filter(({ factors }) => factors.length > 0)
    .flatMap(({ factors }) => effectOf(factors, rows, (set) => byFactors.get(nameOf(set))));
  const overSeeds = found.filter((one) => one.p !== null);
  const adjusted = adjustWithin(
    overSeeds.map((one) => ({ p: one.p!, order: one.factors.length })),
    ({ order }) => `${order}`,
  );
  const pictures = rows.flatMap(({ cells }) => cells)[0]?.correct.length ?? 0;
  return found
    .map(({ lost, ...one }): Effect => {
      const { adjustedP, family } = adjusted[overSeeds.findIndex(({ factors }) => factors === one.factors)] ?? {
        adjustedP: null,
        family: 0,
      };
      if (adjustedP === null) return { ...one, adjustedP, family, verdict: "one seed" };
      const verdict = judge({ ...one, pictures, adjustedP });
      return {
        ...one,
        adjustedP,
        family,
        verdict: lost && verdict !== "not distinguishable" ? "survivors only" : verdict,
      };
    })
    .sort((a, b) => a.factors.length - b.factors.length);
}

type Found = Contrast & Pick<Effect, "factors" | "seeds" | "settings"> & { readonly lost: boolean };

const nameOf = (factors: readonly string[]): string => JSON.stringify([...factors].sort());

function effectOf(
  factors: readonly string[],
  rows: readonly FactorialRow[],
  rowWith: (factors: readonly string[]) => FactorialRow | undefined,
): Found[] {
  const parts = subsets(factors);
  const settings = rows
    .filter((row) => !row.factors.some((factor) => factors.includes(factor)))
    .map(({ factors: others }) =>
      parts.flatMap((part) => {
        const row = rowWith([...others, ...part]);
        return row ? [{ row, sign: (factors.length - part.length) % 2 === 0 ? 1 : -1 }] : [];
      }),
    )
    .filter(({ length }) => length === parts.length);
  const terms = settings.flat();
  const [first, ...others] = terms.map(({ row }) => row.cells.map(({ seed }) => seed));
  const seeds = (first ?? []).filter((seed) => others.every((own) => own.includes(seed))).sort((a, b) => a - b);
  if (seeds.length === 0) return [];
  const perSeed = seeds.map((seed) => {
    const sum = new Float64Array(terms[0]!.row.cells[0]!.correct.length);
    for (const { row, sign } of terms) {
      const { correct } = row.cells.find((cell) => cell.seed === seed)!;
      for (let i = 0; i < sum.length; i++) sum[i]! += sign * (1 - correct[i]!);
    }
    return sum.map((value) => value / settings.length);
  });
  const lost = terms.some(({ row }) => (row.diverged ?? []).length > 0);
  return [{ ...contrast(perSeed, 2 ** (factors.length - 1)), factors, seeds, settings: settings.length, lost }];
}

const subsets = (factors: readonly string[]): string[][] =>
  Array.from({ length: 2 ** factors.length }, (_, pattern) => factors.filter((_, i) => (pattern >> i) & 1));
