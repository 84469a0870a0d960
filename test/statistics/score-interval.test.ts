// Score intervals of paired differences against published examples, and what they have that others lack.
import fc from "fast-check";
import { expect, test } from "vitest";
import { agree } from "../../src/statistics/agreement.ts";
import { generator } from "../../src/statistics/generator.ts";
import { newcombe, tango } from "../../src/statistics/score-interval.ts";

/** Complete response before and after a therapy (Cavo et al. 2012), worked in Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables (2017), chapter 8. */
const response = { both: 59, onlyA: 6, onlyB: 16, neither: 80 };
/** Airway hyper-responsiveness before and after a transplantation (Bentur et al. 2009), worked in Fagerland et al., Statistics in Medicine 33 (2014). */
const airway = { both: 1, onlyA: 1, onlyB: 7, neither: 12 };

test("Newcombe's interval of the two studies", () => {
  expect(newcombe(response).low).toBeCloseTo(-0.1186, 4);
  expect(newcombe(response).high).toBeCloseTo(-0.0046, 4);
  expect(newcombe(airway).low).toBeCloseTo(-0.507, 3);
  expect(newcombe(airway).high).toBeCloseTo(-0.026, 3);
});

test("Tango's interval of the two studies", () => {
  expect(tango(response).low).toBeCloseTo(-0.124, 4);
  expect(tango(response).high).toBeCloseTo(-0.0054, 4);
  expect(tango(airway).low).toBeCloseTo(-0.517, 3);
  expect(tango(airway).high).toBeCloseTo(-0.026, 3);
});

test("without a picture that tells the two apart, both still have a width: z^2 / (n + z^2) to either side for Tango's", () => {
  const same = { both: 90, onlyA: 0, onlyB: 0, neither: 10 };
  const z = 1.959963984540054;
  const { low, high } = tango(same);
  expect(high).toBeCloseTo((z * z) / (100 + z * z), 9);
  expect(low).toBeCloseTo(-high, 12);
  expect(newcombe(same).low).toBeLessThan(0);
  expect(newcombe(same).high).toBeGreaterThan(0);
  expect(tango({ both: 0, onlyA: 0, onlyB: 0, neither: 0 })).toEqual({ low: -1, high: 1 });
  expect(newcombe({ both: 0, onlyA: 0, onlyB: 0, neither: 0 })).toEqual({ low: -1, high: 1 });
});

test("pictures all on one side: Tango's leaves out zero from four on", () => {
  const side = (onlyA: number) => tango({ both: 240 - onlyA, onlyA, onlyB: 0, neither: 0 }).low;
  expect([1, 2, 3, 4, 5].map((count) => side(count) > 0)).toEqual([false, false, false, true, true]);
});

test("both hold the observed difference, stay within -1 and 1, and turn with the sides", () => {
  const count = fc.nat({ max: 60 });
  fc.assert(
    fc.property(count, count, count, count, (both, onlyA, onlyB, neither) => {
      fc.pre(both + onlyA + onlyB + neither > 0);
      const observed = (onlyA - onlyB) / (both + onlyA + onlyB + neither);
      for (const interval of [tango, newcombe]) {
        const { low, high } = interval({ both, onlyA, onlyB, neither });
        expect(low).toBeGreaterThanOrEqual(-1 - 1e-9);
        expect(high).toBeLessThanOrEqual(1 + 1e-9);
        expect(low).toBeLessThanOrEqual(observed + 1e-9);
        expect(high).toBeGreaterThanOrEqual(observed - 1e-9);
        const turned = interval({ both, onlyA: onlyB, onlyB: onlyA, neither });
        expect(turned.low).toBeCloseTo(-high, 9);
      }
    }),
  );
});

test("simulation: of 30 pictures, both miss the true difference in about 5% of cases", () => {
  const { uniform } = generator(17);
  const trials = 4000;
  const missed = { tango: 0, newcombe: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const table = { both: 0, onlyA: 0, onlyB: 0, neither: 0 };
    for (let i = 0; i < 30; i++) {
      const u = uniform();
      table[u < 0.6 ? "both" : u < 0.75 ? "onlyA" : u < 0.8 ? "onlyB" : "neither"]++;
    }
    for (const [name, interval] of [
      ["tango", tango],
      ["newcombe", newcombe],
    ] as const) {
      const { low, high } = interval(table);
      if (low > 0.1 || high < 0.1) missed[name]++;
    }
  }
  for (const count of Object.values(missed)) expect(count / trials).toBeLessThan(0.062);
  expect(missed.tango / trials).toBeGreaterThan(0.03);
});

test("where two results agree: counts, and shares where a tie divides a picture", () => {
  expect(agree([1, 1, 0, 0], [1, 0, 1, 0])).toEqual({ both: 1, onlyA: 1, onlyB: 1, neither: 1 });
  expect(agree([0.5], [1])).toEqual({ both: 0.5, onlyA: 0, onlyB: 0.5, neither: 0 });
  expect(() => agree([1], [1, 0])).toThrow(RangeError);
});
