// Contrasts over seeds: what is there with many seeds, with one, and with seeds that are all alike.
import { expect, test } from "vitest";
import { contrast } from "../../src/statistics/contrast.ts";

/** `right` of 100 pictures with 1, the others with 0. */
const values = (right: number): Uint8Array => Uint8Array.from({ length: 100 }, (_, i) => (i < right ? 1 : 0));

test("mean, t interval and test over three seeds: 0.10, 0.12, 0.14", () => {
  const found = contrast([values(10), values(12), values(14)]);
  expect(found.mean).toBeCloseTo(0.12, 12);
  expect(found.sd).toBeCloseTo(0.02, 12);
  expect(found.interval!.low).toBeCloseTo(0.12 - (4.302653 * 0.02) / Math.sqrt(3), 6);
  // t = 0.12 / (0.02 / sqrt(3)) = 10.392 with two degrees of freedom.
  expect(found.p).toBeCloseTo(0.0091327, 6);
  expect(found).toMatchObject({ test: "paired t", exactP: 0.25, leastP: 0.25 });
  expect(found.effect).toBeCloseTo(6, 9);
  expect(found.wideInterval.low).toBeLessThan(found.interval!.low);
  expect(found.wideInterval.high).toBeGreaterThan(found.interval!.high);
});

test("one seed has an interval over pictures and no test", () => {
  const found = contrast([values(10)]);
  expect(found).toMatchObject({ mean: 0.1, sd: null, interval: null, test: null, p: null, exactP: null, leastP: null });
  expect(found.wideInterval.low).toBeGreaterThan(0);
});

test("seeds that are all alike have no t interval, and the sign-flip test", () => {
  expect(contrast([values(10), values(10)])).toMatchObject({
    sd: 0,
    interval: null,
    test: "sign-flip",
    p: 0.5,
    leastP: 0.5,
    effect: null,
  });
});

test("no interval passes the bound", () => {
  const { interval, wideInterval } = contrast([values(100), values(60)]);
  expect([interval!.low, interval!.high]).toEqual([-1, 1]);
  expect(wideInterval.high).toBe(1);
  expect(contrast([values(100), values(60)], 2).interval!.high).toBe(2);
});
