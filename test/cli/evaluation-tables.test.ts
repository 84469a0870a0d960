import fc from "fast-check";
import { expect, test } from "vitest";
import { shortNames } from "../../src/cli/evaluation-tables.ts";

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
