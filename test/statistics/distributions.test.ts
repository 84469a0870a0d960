// Distribution functions against published tables and exact values.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  binomialCdf,
  incompleteBeta,
  logGamma,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentP,
  studentQuantile,
} from "../../src/statistics/distributions.ts";

test("ln gamma: factorials, and gamma(1/2) = sqrt(pi)", () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 12);
    factorial *= n;
  }
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
  expect(logGamma(1.5)).toBeCloseTo(Math.log(Math.PI) / 2 - Math.log(2), 14);
});

test("t quantiles agree with the table of the NIST/SEMATECH handbook (1.3.6.7.2) in all its digits", () => {
  const table: Readonly<Record<number, readonly number[]>> = {
    1: [3.078, 6.314, 12.706, 31.821, 63.657],
    2: [1.886, 2.92, 4.303, 6.965, 9.925],
    3: [1.638, 2.353, 3.182, 4.541, 5.841],
    4: [1.533, 2.132, 2.776, 3.747, 4.604],
    9: [1.383, 1.833, 2.262, 2.821, 3.25],
    30: [1.31, 1.697, 2.042, 2.457, 2.75],
    100: [1.29, 1.66, 1.984, 2.364, 2.626],
  };
  for (const [df, row] of Object.entries(table))
    for (const [i, p] of [0.9, 0.95, 0.975, 0.99, 0.995].entries())
      expect(Math.abs(studentQuantile(p, Number(df)) - row[i]!), `${p} ${df}`).toBeLessThanOrEqual(0.00051);
});

test("t quantiles have closed forms for one and two degrees of freedom", () => {
  for (const p of [0.001, 0.025, 0.3, 0.6, 0.975, 0.9999]) {
    const cauchy = Math.tan(Math.PI * (p - 0.5));
    expect(studentQuantile(p, 1) / cauchy).toBeCloseTo(1, 11);
    const two = (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
    expect(studentQuantile(p, 2) / two).toBeCloseTo(1, 11);
  }
});

test("a quantile is where the distribution function has that value, and symmetric", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), fc.integer({ min: 1, max: 500 }), (p, df) => {
      const t = studentQuantile(p, df);
      expect(studentCdf(t, df)).toBeCloseTo(p, 11);
      expect(studentCdf(-t, df)).toBeCloseTo(1 - p, 11);
      expect(studentP(t, df)).toBeCloseTo(2 * Math.min(p, 1 - p), 11);
    }),
  );
});

test("a quantile outside 0 to 1 is refused", () => {
  expect(() => studentQuantile(1, 3)).toThrow(RangeError);
  expect(() => studentQuantile(Number.NaN, 3)).toThrow(RangeError);
});

test("the binomial distribution is the sum of its terms", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.nat(60),
      (n, p, k) => {
        let [term, total] = [(1 - p) ** n, 0];
        for (let i = 0; i <= Math.min(k, n); i++) {
          total += term;
          term *= ((n - i) / (i + 1)) * (p / (1 - p));
        }
        expect(binomialCdf(k, n, p)).toBeCloseTo(total, 10);
      },
    ),
  );
  expect(binomialCdf(3, 10, 0.5)).toBeCloseTo(176 / 1024, 14);
  expect(binomialCdf(-1, 10, 0.5)).toBe(0);
});

test("the incomplete beta function mirrors: I_x(a, b) = 1 - I_(1-x)(b, a); I_x(1, b) = 1 - (1 - x)^b", () => {
  const positive = fc.double({ min: 0.1, max: 200, noNaN: true });
  fc.assert(
    fc.property(fc.nat(1024), positive, positive, (step, a, b) => {
      const x = step / 1024;
      expect(incompleteBeta(x, a, b)).toBeCloseTo(1 - incompleteBeta(1 - x, b, a), 10);
      expect(incompleteBeta(x, 1, b)).toBeCloseTo(1 - (1 - x) ** b, 10);
    }),
  );
});

test("the normal distribution: tables of Abramowitz and Stegun, 26.1", () => {
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 14);
  expect(normalCdf(-2)).toBeCloseTo(0.022750131948179, 14);
  expect([normalCdf(10), normalCdf(-10)]).toEqual([1, 0]);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
  expect(normalQuantile(0.8)).toBeCloseTo(0.841621233572914, 12);
  expect(normalQuantile(0.5)).toBeCloseTo(0, 12);
});
