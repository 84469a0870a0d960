// What a step counts for: all of its time alone, and its share of it where others are in work with it.
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { timed } from "../../src/bench/rate.ts";

const took = 40;
const step = () => wait(took);

test.each([1, 2, 3])("with %d in work at once", async (atOnce) => {
  const seconds = await timed(7, { step, atOnce });
  expect(seconds.length).toBe(7);
  const settled = seconds.slice(atOnce);
  const mean = settled.reduce((sum, one) => sum + one, 0) / settled.length;
  expect(mean).toBeGreaterThan((0.8 * took) / atOnce / 1000);
  expect(mean).toBeLessThan((2 * took) / atOnce / 1000);
});
