// Rows of an ablation: hand-worked figures, verdicts, missing cells, and no more false findings than allowed.
import { expect, test } from "vitest";
import { ablationStatistics } from "../../src/statistics/ablation.ts";
import type { AblationRow } from "../../src/statistics/difference.ts";
import { generator } from "../../src/statistics/generator.ts";

/** A cell of `n` pictures of which the first `wrong` are wrong. */
const cell = (seed: number, wrong: number, n = 100) => ({
  seed,
  correct: Uint8Array.from({ length: n }, (_, i) => (i < wrong ? 0 : 1)),
});
const row = (name: string, wrong: readonly number[], n = 100): AblationRow => ({
  name,
  cells: wrong.map((count, seed) => cell(seed, count, n)),
});

test("three rows of three seeds, worked by hand", () => {
  const { rows, pictures, families, oneSeed } = ablationStatistics([
    row("base", [30, 32, 34]),
    row("second", [24, 25, 29]),
    row("third", [25, 25, 28]),
  ]);
  expect({ pictures, families, oneSeed }).toEqual({
    pictures: 100,
    families: { previous: 2, base: 2 },
    oneSeed: false,
  });
  const [base, second, third] = rows;
  expect(base!.previous).toBeNull();
  expect(base!.base).toBeNull();
  // sd of 0.30, 0.32, 0.34 is 0.02; the interval reaches 4.302653 * 0.02 / sqrt(3) to either side.
  expect(base!.error!.perSeed).toEqual([0.3, 0.32, 0.34]);
  expect(base!.error!.mean).toBeCloseTo(0.32, 12);
  expect(base!.error!.sd).toBeCloseTo(0.02, 12);
  expect(base!.error!.interval.low).toBeCloseTo(0.32 - 0.0496828, 6);
  // Differences -0.06, -0.07, -0.05: mean -0.06, sd 0.01, t = -0.06 / (0.01 / sqrt(3)) = -10.3923, p = 0.009132 with 2 degrees of freedom.
  const difference = second!.previous!;
  expect(difference).toMatchObject({ to: "base", seeds: [0, 1, 2], basis: "seeds", test: "paired t", exactP: 0.25 });
  expect(difference.mean).toBeCloseTo(-0.06, 12);
  expect(difference.sd).toBeCloseTo(0.01, 12);
  expect(difference.interval!.low).toBeCloseTo(-0.06 - 0.0248414, 6);
  expect(difference.interval!.high).toBeCloseTo(-0.06 + 0.0248414, 6);
  expect(difference.p).toBeCloseTo(0.0091327, 6);
  expect(difference.adjustedP).toBeCloseTo(2 * 0.0091327, 6);
  expect(difference.effect).toBeCloseTo(-6, 9);
  expect(difference.agreement).toEqual({ both: 204, onlyA: 18, onlyB: 0, neither: 78 });
  expect(difference.verdict).toBe("better");
  // 0.01, 0, -0.01: no difference at all on average.
  expect(third!.previous).toMatchObject({ p: 1, adjustedP: 1, verdict: "not distinguishable" });
  expect(third!.base!.mean).toBeCloseTo(-0.06, 12);
});

test("worse is said as plainly as better", () => {
  const { rows } = ablationStatistics([row("base", [20, 21, 22]), row("harm", [40, 42, 41])]);
  expect(rows[1]!.base!.verdict).toBe("worse");
  expect(rows[1]!.base!.mean).toBeCloseTo(0.2, 12);
});

test("Holm's correction can take back what one comparison alone would say", () => {
  const alone = ablationStatistics([row("base", [30, 32, 33]), row("a", [25, 28, 27])]);
  const p = alone.rows[1]!.base!.p;
  expect(p).toBeGreaterThan(0.01);
  expect(p).toBeLessThan(0.05);
  expect(alone.rows[1]!.base!.verdict).toBe("better");
  const others = Array.from({ length: 5 }, (_, i) => row(`other ${i}`, [30 + i, 31, 33]));
  const many = ablationStatistics([row("base", [30, 32, 33]), row("a", [25, 28, 27]), ...others]);
  expect(many.families.base).toBe(6);
  expect(many.rows[1]!.base!.p).toBe(p);
  expect(many.rows[1]!.base!.adjustedP).toBeCloseTo(6 * p, 12);
  expect(many.rows[1]!.base!.verdict).toBe("not distinguishable");
});

test("with one seed the pictures alone are tested, and it says so", () => {
  const { rows, oneSeed } = ablationStatistics([row("base", [40]), row("second", [20]), row("third", [19])]);
  expect(oneSeed).toBe(true);
  expect(rows[0]!.error).toMatchObject({ mean: 0.4, sd: null, basis: "pictures" });
  expect(rows[0]!.error!.interval.low).toBeCloseTo(0.3094, 4); // Wilson, 40 of 100
  // 20 pictures right in the second row only: p = 2 / 2^20.
  expect(rows[1]!.previous).toMatchObject({
    basis: "pictures",
    test: "McNemar",
    p: 2 / 2 ** 20,
    exactP: null,
    effect: null,
    sd: null,
    agreement: { both: 60, onlyA: 20, onlyB: 0, neither: 20 },
    verdict: "better",
  });
  expect(rows[1]!.previous!.mean).toBeCloseTo(-0.2, 12);
  expect(rows[1]!.previous!.interval!.low).toBeLessThan(-0.2);
  expect(rows[1]!.previous!.interval!.high).toBeLessThan(0);
  expect(rows[2]!.previous).toMatchObject({ p: 1, verdict: "not distinguishable" });
});

test("equal differences in all seeds leave a t interval without meaning: the exact test decides", () => {
  const { rows } = ablationStatistics([row("base", [30, 30, 30]), row("second", [29, 29, 29])]);
  expect(rows[1]!.base).toMatchObject({
    sd: 0,
    test: "sign-flip",
    p: 0.25,
    leastP: 0.25,
    effect: null,
    unpaired: null,
  });
  expect(rows[1]!.base!.verdict).toBe("not distinguishable");
  // One picture of a hundred on the one side, none on the other: Tango's interval over pictures stands in.
  expect(rows[1]!.base!.intervalBy).toBe("Tango");
  expect(rows[1]!.base!.interval.low).toBeCloseTo(-0.0545, 4);
  expect(rows[1]!.base!.interval.high).toBeCloseTo(0.0274, 4);
  expect(rows[0]!.error).toMatchObject({ sd: 0, intervalBy: "Wilson", basis: "seeds" });
  const same = ablationStatistics([row("base", [30, 31]), row("twin", [30, 31])]);
  expect(same.rows[1]!.base).toMatchObject({ mean: 0, p: 1, verdict: "not distinguishable" });
});

test("missing cells: only shared seeds are paired, in whatever order they come", () => {
  const { rows } = ablationStatistics([
    { name: "base", cells: [cell(2, 30), cell(0, 20), cell(1, 25)] },
    { name: "second", cells: [cell(4, 50), cell(1, 20), cell(2, 24)] },
    { name: "failed", cells: [] },
    { name: "fourth", cells: [cell(0, 10)] },
  ]);
  expect(rows[1]!.base!.seeds).toEqual([1, 2]);
  expect(rows[1]!.base!.mean).toBeCloseTo(-0.055, 12);
  expect(rows[1]!.seeds).toEqual([1, 2, 4]);
  expect(rows[2]).toEqual({ name: "failed", seeds: [], diverged: [], error: null, previous: null, base: null });
  expect(rows[3]!.previous).toBeNull();
  expect(rows[3]!.base).toMatchObject({ basis: "pictures", seeds: [0] });
});

test("rows that do not build on each other are compared to the base only; one row has nothing to be compared to", () => {
  const { rows, families } = ablationStatistics([row("base", [3, 4]), row("a", [3, 5]), row("b", [2, 4])], {
    previous: false,
  });
  expect(rows.map(({ previous }) => previous)).toEqual([null, null, null]);
  expect(families).toEqual({ previous: 0, base: 2 });
  expect(ablationStatistics([row("base", [3])]).oneSeed).toBe(false);
  expect(ablationStatistics([])).toEqual({
    pictures: 0,
    rows: [],
    families: { previous: 0, base: 0 },
    table: { seeds: 0, pictures: 0 },
    oneSeed: false,
  });
});

test("what cannot be paired is refused", () => {
  expect(() => ablationStatistics([row("base", [3]), row("second", [3], 99)])).toThrow("99");
  expect(() => ablationStatistics([{ name: "base", cells: [cell(1, 3), cell(1, 4)] }])).toThrow("twice");
});

test("a row with one seed left has no verdict among rows over seeds, whatever its pictures say", () => {
  const { rows, table, families, oneSeed } = ablationStatistics([
    row("base", [400, 410, 405], 1000),
    row("second", [300, 310, 304], 1000),
    { name: "left", cells: [cell(1, 200, 1000)] },
  ]);
  expect(oneSeed).toBe(false);
  for (const found of [rows[2]!.previous, rows[2]!.base])
    expect(found).toMatchObject({ basis: "pictures", test: "McNemar", verdict: "one seed", family: 1 });
  expect(rows[2]!.base!.p).toBeLessThan(1e-9);
  // Its p is corrected for neither the other's comparison nor that for its.
  expect(rows[1]!.base).toMatchObject({ family: 1, verdict: "better" });
  expect(rows[1]!.base!.adjustedP).toBe(rows[1]!.base!.p);
  expect(families).toEqual({ previous: 2, base: 2 });
  // The second row's row above is the first: one comparison of the table, not two.
  expect(table).toEqual({ seeds: 1, pictures: 2 });
  const alone = ablationStatistics([
    row("base", [400, 410], 1000),
    { name: "left", cells: [cell(1, 200, 1000)] },
    { name: "right", cells: [cell(1, 190, 1000)] },
  ]);
  expect(alone.rows[1]!.base!.verdict).toBe("one seed");
});

test("one correction over the whole table counts each comparison once", () => {
  const { rows, table } = ablationStatistics([
    row("base", [400, 410, 405], 1000),
    row("second", [300, 310, 304], 1000),
    row("third", [299, 310, 305], 1000),
  ]);
  expect(table).toEqual({ seeds: 3, pictures: 0 });
  expect(rows[1]!.base!.tableP).toBe(rows[1]!.previous!.tableP);
  const inOrder = [rows[1]!.base!, rows[2]!.base!, rows[2]!.previous!];
  const least = Math.min(...inOrder.map(({ p }) => p));
  expect(inOrder.find(({ p }) => p === least)!.tableP).toBeCloseTo(3 * least, 12);
  for (const { p, adjustedP, tableP } of inOrder) expect(tableP).toBeGreaterThanOrEqual(Math.max(p, adjustedP));
});

test("a row that lost seeds to divergence cannot win, and may lose", () => {
  const survivors = { ...row("survivors", [300, 310, 304], 1000), diverged: [3] };
  const { rows } = ablationStatistics([
    row("base", [400, 410, 405], 1000),
    survivors,
    row("third", [400, 411, 405], 1000),
  ]);
  expect(rows[1]).toMatchObject({ diverged: [3], base: { verdict: "survivors only" } });
  expect(rows[2]!.previous!.verdict).toBe("survivors only");
  const worse = { ...row("survivors", [500, 510, 504], 1000), diverged: [3] };
  expect(ablationStatistics([row("base", [400, 410, 405], 1000), worse]).rows[1]!.base!.verdict).toBe("worse");
});

test.each([
  ["the same pictures", 0],
  ["other pictures in each seed", 10],
])("two or three pictures of 240 are not better, be they %s", (_, step) => {
  const other = [2, 3, 2].map((fewer, seed) => ({
    seed,
    correct: Uint8Array.from({ length: 240 }, (_, i) =>
      i >= 100 || (i >= seed * step && i < seed * step + fewer) ? 1 : 0,
    ),
  }));
  const { base } = ablationStatistics([row("base", [100, 100, 100], 240), { name: "other", cells: other }]).rows[1]!;
  expect(base!.mean).toBeCloseTo(-7 / 720, 12);
  expect(base!.p).toBeLessThan(0.05);
  expect(base!.interval.high).toBeLessThan(0);
  expect(base!.verdict).toBe("not distinguishable");
});

test("intervals of errors stay within 0 and 1, the second one too", () => {
  const { error } = ablationStatistics([row("base", [1, 9, 2])]).rows[0]!;
  expect(error!.interval.low).toBe(0);
  expect(error!.wideInterval!.low).toBe(0);
  const most = ablationStatistics([row("base", [99, 91, 98])]).rows[0]!.error!;
  expect(most.interval.high).toBe(1);
  expect(most.wideInterval!.high).toBe(1);
  const none = ablationStatistics([row("base", [0, 0, 0])]).rows[0]!.error!;
  expect(none.interval.high).toBeCloseTo(0.037, 3); // Wilson, none of 100
  expect(none.wideInterval).toEqual(none.interval);
});

test("all seeds of both rows are set against each other without pairing too, with the correlation that decides", () => {
  const { base } = ablationStatistics([row("base", [30, 35, 40, 44]), row("other", [20, 26, 30, 35])]).rows[1]!;
  expect(base!.correlation).toBeGreaterThan(0.99);
  expect(base!.leastCorrelation).toBeCloseTo(1 - (2.44691 / 3.18245) ** 2, 4);
  expect(base!.unpaired!.p).toBeGreaterThan(base!.p);
  expect(base!.unpaired!.mean).toBeCloseTo(base!.mean, 12);
});

/** Rows that differ by chance only: each picture has its own difficulty, and each training its own luck. */
function nullRows(seed: number, rows: number, seeds: number, n: number): AblationRow[] {
  const { uniform } = generator(seed);
  const difficulty = Array.from({ length: n }, () => uniform() * 0.6);
  return Array.from({ length: rows }, (_, r) => ({
    name: `row ${r}`,
    cells: Array.from({ length: seeds }, (_, s) => ({
      seed: s,
      correct: Uint8Array.from(difficulty, (share) => (uniform() < share ? 0 : 1)),
    })),
  }));
}

test.each([
  { seeds: 3, rows: 2 },
  { seeds: 5, rows: 2 },
  { seeds: 3, rows: 5 },
  { seeds: 1, rows: 2 },
  { seeds: 1, rows: 3 },
])("simulation: $rows equal rows of $seeds seeds are told apart in at most 5% of ablations", ({ seeds, rows }) => {
  const trials = 150;
  let found = 0;
  let intervals = 0;
  for (let trial = 0; trial < trials; trial++) {
    const statistics = ablationStatistics(nullRows(1000 * seeds + trial, rows, seeds, 120), { previous: false });
    const compared = statistics.rows.flatMap(({ base }) => (base ? [base] : []));
    if (compared.some(({ verdict }) => verdict !== "not distinguishable")) found++;
    const { interval } = compared[0]!;
    if (interval.low > 0 || interval.high < 0) intervals++;
  }
  const error = Math.sqrt((0.05 * 0.95) / trials);
  expect(found / trials).toBeLessThan(0.05 + 3 * error);
  expect(intervals / trials).toBeLessThan(0.05 + 3.5 * error);
});

test("simulation: small sets with few mistakes, where all seeds often differ by the same number of pictures", () => {
  const { uniform } = generator(31);
  const cells = () =>
    [0, 1, 2].map((seed) => ({ seed, correct: Uint8Array.from({ length: 20 }, () => (uniform() < 0.05 ? 0 : 1)) }));
  const trials = 400;
  let [found, alike] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const { base } = ablationStatistics([
      { name: "base", cells: cells() },
      { name: "other", cells: cells() },
    ]).rows[1]!;
    if (base!.verdict !== "not distinguishable") found++;
    if (base!.sd === 0) alike++;
  }
  expect(alike / trials).toBeGreaterThan(0.03);
  expect(found / trials).toBeLessThan(0.05);
});

test("simulation: a difference of ten points is found with three seeds more often than not", () => {
  let found = 0;
  for (let trial = 0; trial < 60; trial++) {
    const [base, other] = nullRows(trial, 2, 3, 1000) as [AblationRow, AblationRow];
    const { uniform } = generator(trial + 9999);
    const better = other.cells.map(({ seed, correct }) => ({
      seed,
      correct: Uint8Array.from(correct, (right) => (right || uniform() < 1 / 3 ? 1 : 0)),
    }));
    if (ablationStatistics([base, { name: "better", cells: better }]).rows[1]!.base!.verdict === "better") found++;
  }
  expect(found).toBeGreaterThan(45);
});
