import fc from "fast-check";
import { expect, test } from "vitest";
import { ensembleTable } from "../../src/cli/evaluation-tables.ts";
import { resultOf } from "../../src/results/evaluation-result.ts";
import { shortNames } from "../../src/results/short-names.ts";
import { summaryOf } from "../../src/results/summaries.ts";
import { labels, protocolOf, rows, savedOf } from "../evaluate/saved-result.ts";

test.each([
  [
    ["runs/train/a-1/checkpoints/step-9", "runs/train/b-1/checkpoints/step-9"],
    ["a-1", "b-1"],
  ],
  [
    ["runs/a/checkpoints/step-9", "runs/a/checkpoints/step-8"],
    ["step-9", "step-8"],
  ],
  [
    ["runs/a/step-9", "other/b/step-8"],
    ["runs/a/step-9", "other/b/step-8"],
  ],
  [
    ["a/run/last", "a/run/old/run/last"],
    ["a/run/last", "a/run/old/run/last"],
  ],
  [
    ["same", "same"],
    ["same", "same"],
  ],
])("%j", (paths, names) => expect(shortNames(paths)).toEqual(names));

test("as different as the paths are, and never empty", () => {
  const path = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 2, maxLength: 4 }), (paths) => {
      const names = shortNames(paths);
      expect(new Set(names).size).toBe(paths.length);
      expect(names.every((name, i) => name !== "" && paths[i]!.includes(name))).toBe(true);
    }),
  );
});

test("one checkpoint seen in two ways is told by its results", () => {
  const models = protocolOf("a").models;
  const summary = summaryOf(savedOf(rows, labels));
  const members = ["eval/step-5", "eval/step-5-320px"].map((path) => ({ path, models, summary }));
  const [table] = ensembleTable({ ...resultOf(savedOf(rows, labels)), alone: members });
  expect(table).toMatch(/^step-5 +66\.67%.*\nstep-5-320px +66\.67%/m);
});
