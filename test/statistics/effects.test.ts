// Main effects and interactions of factorial plans: worked by hand, over levels, with one seed, with what is missing.
import { expect, test } from "vitest";
import { type FactorialRow, factorialEffects } from "../../src/statistics/effects.ts";
import { generator } from "../../src/statistics/generator.ts";

/** Each seed's row has so many of `n` pictures wrong, the first ones. */
const row = (factors: string[], wrong: readonly number[], n = 1000): FactorialRow => ({
  name: factors.join(", ") || "base",
  factors,
  cells: wrong.map((count, seed) => ({
    seed,
    correct: Uint8Array.from({ length: n }, (_, i) => (i < count ? 0 : 1)),
  })),
});

test("two by two: means of simple effects, and the difference of them", () => {
  // Errors in thousandths. a alone: -100 each; a with b: -150, -140, -160. Main effect of a: mean of both: -125, -120, -130; interaction: -50, -40, -60.
  const rows = [
    row([], [400, 410, 420]),
    row(["a"], [300, 310, 320]),
    row(["b"], [380, 390, 400]),
    row(["a", "b"], [230, 250, 240]),
  ];
  const [a, b, both, ...none] = factorialEffects(rows);
  expect(none).toEqual([]);
  expect(a).toMatchObject({ factors: ["a"], settings: 2, seeds: [0, 1, 2], family: 2, test: "paired t" });
  expect(a!.mean).toBeCloseTo(-0.125, 12);
  expect(a!.sd).toBeCloseTo(0.005, 12);
  expect(b!.mean).toBeCloseTo((-0.02 - 0.07) / 2, 3);
  expect(both).toMatchObject({ factors: ["a", "b"], settings: 1, family: 1 });
  expect(both!.mean).toBeCloseTo(-0.05, 12);
  expect(both!.sd).toBeCloseTo(0.01, 12);
  // t = -0.05 / (0.01 / sqrt(3)) = -8.66 with two degrees of freedom: p = 0.01307.
  expect(both!.p).toBeCloseTo(0.013072, 5);
  expect(both!.exactP).toBe(0.25);
  expect(a!.verdict).toBe("better");
});

test("rows that set the same key are levels: each is held against the base level over the settings of the others", () => {
  const rows = [
    row([], [400, 410, 420]),
    row(["smooth"], [350, 362, 368]),
    row(["narrow"], [500, 505, 520]),
    row(["wide"], [300, 310, 330]),
    row(["smooth", "narrow"], [450, 460, 470]),
    row(["smooth", "wide"], [250, 258, 270]),
  ];
  const found = new Map(factorialEffects(rows).map((effect) => [effect.factors.join(), effect]));
  expect([...found.keys()]).toEqual(["smooth", "narrow", "wide", "smooth,narrow", "smooth,wide"]);
  expect(found.get("smooth")).toMatchObject({ settings: 3, family: 3 });
  expect(found.get("narrow")).toMatchObject({ settings: 2 });
  expect(found.get("narrow")!.mean).toBeCloseTo((100 + 95 + 100 + 100 + 98 + 102) / 6000, 12);
});

test("three factors: the interaction of all three is left when everything smaller is taken off", () => {
  const sets = [[], ["a"], ["b"], ["c"], ["a", "b"], ["a", "c"], ["b", "c"], ["a", "b", "c"]];
  const wrong = (set: string[]): number => 500 - 50 * set.length - (set.length === 3 ? 30 : 0);
  const effects = factorialEffects(sets.map((set) => row(set, [wrong(set), wrong(set) + 2])));
  expect(effects.map(({ factors }) => factors.length)).toEqual([1, 1, 1, 2, 2, 2, 3]);
  expect(effects.at(-1)!.mean).toBeCloseTo(-0.03, 12);
  // Of two, half of the settings of the third have the 30: mean -15.
  expect(effects[3]!.mean).toBeCloseTo(-0.015, 12);
  expect(effects[0]!.mean).toBeCloseTo((-50 - 50 - 50 - 80) / 4000, 12);
});

test("one seed has no test and no verdict; survivors do not win; a row without cells leaves out what needs it", () => {
  const base = row([], [400, 410]);
  const [single] = factorialEffects([row([], [400]), row(["a"], [300])]);
  expect(single).toMatchObject({ p: null, adjustedP: null, interval: null, verdict: "one seed", seeds: [0] });
  expect(single!.wideInterval.high).toBeLessThan(0);
  const diverged = { ...row(["a"], [300, 310, 322]), diverged: [3] };
  const three = row([], [400, 410, 420]);
  expect(factorialEffects([three, diverged])[0]!.verdict).toBe("survivors only");
  expect(factorialEffects([three, { ...diverged, diverged: [] }])[0]!.verdict).toBe("better");
  const partly = factorialEffects([base, row(["a"], [300, 310]), row(["b"], []), row(["a", "b"], [200, 210])]);
  expect(partly).toEqual([]);
});

test("simulation: of grids without any effect, at most 5% say that there is one", () => {
  const { uniform } = generator(12);
  const trials = 100;
  let found = 0;
  for (let trial = 0; trial < trials; trial++) {
    const cells = () =>
      [0, 1, 2].map((seed) => ({ seed, correct: Uint8Array.from({ length: 80 }, () => (uniform() < 0.4 ? 0 : 1)) }));
    const rows = [[], ["a"], ["b"], ["a", "b"]].map((factors) => ({ name: `${factors}`, factors, cells: cells() }));
    const main = factorialEffects(rows).filter(({ factors }) => factors.length === 1);
    if (main.some(({ verdict }) => verdict !== "not distinguishable")) found++;
  }
  expect(found / trials).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / trials));
});
