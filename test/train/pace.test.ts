// The pace of a tiny run, measured for real: figures of the right order, and nothing left behind.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { measurePaces } from "../../src/train/pace.ts";
import { openSets } from "../../src/train/training.ts";
import { experimentOn, newFolder, shapes } from "./support.ts";

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a phase has a pace, and its checkpoint is taken away again; a signal leaves none", async () => {
  const experiment = experimentOn(await shapes(folder));
  const options = { experiment, sets: await openSets(experiment), output: join(folder, "runs"), seconds: 0.2 };
  const began = performance.now();
  const paces = await measurePaces({ ...options, stop: new AbortController().signal });
  const took = (performance.now() - began) / 1000;
  expect(paces).toHaveLength(1);
  const { start, step, feature, validation, save } = paces![0]!;
  for (const seconds of [start, step, validation, save]) expect(seconds).toBeGreaterThan(0);
  expect(start + 4 * step + save).toBeLessThan(took);
  expect(feature).toBe(0);
  expect(readdirSync(options.output)).toEqual([]);

  rmSync(options.output, { recursive: true });
  expect(await measurePaces({ ...options, stop: AbortSignal.abort() })).toBeUndefined();
  expect(existsSync(options.output)).toBe(false);
});
