// Numbers of the beta distribution, held against its distribution function.
import { expect, test } from "vitest";
import { beta } from "../../../src/images/augment/beta.ts";
import { random } from "../../../src/images/random.ts";
import { incompleteBeta } from "../../../src/statistics/distributions.ts";

const n = 4000;
/** Of 4,000 numbers, the distance that one of 100,000 such samples exceeds (Kolmogorov: sqrt(ln(2 / 1e-5) / 2n)). */
const limit = Math.sqrt(Math.log(2 / 1e-5) / (2 * n));

test.each([0.1, 0.2, 0.4, 1, 2, 8])("Beta(%f, itself): Kolmogorov-Smirnov, mean and variance", (alpha) => {
  const source = random(3, "mix", 0, 0);
  const drawn = Array.from({ length: n }, () => beta(source, alpha)).sort((a, b) => a - b);
  const distances = drawn.map((x, i) => {
    const known = incompleteBeta(x, alpha, alpha);
    return Math.max(Math.abs(known - i / n), Math.abs(known - (i + 1) / n));
  });
  expect(Math.max(...distances)).toBeLessThan(limit);
  const mean = drawn.reduce((sum, x) => sum + x, 0) / n;
  const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  const known = 1 / (4 * (2 * alpha + 1));
  expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(known / n));
  expect(Math.abs(variance / known - 1)).toBeLessThan(0.1);
});

test("an alpha too small for a double's range still gives numbers from 0 to 1, half of them near either end", () => {
  const source = random(3, "mix", 0, 0);
  const drawn = Array.from({ length: 400 }, () => beta(source, 1e-4));
  expect(drawn.every((x) => x >= 0 && x <= 1)).toBe(true);
  const high = drawn.filter((x) => x > 0.999).length;
  expect(high).toBeGreaterThan(150);
  expect(high).toBeLessThan(250);
});
