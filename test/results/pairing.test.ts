// Pairs of results: over the same pictures to the byte, where that is known.
import { expect, test } from "vitest";
import type { Saved } from "../../src/evaluate/saved.ts";
import { compareResults } from "../../src/results/pairing.ts";
import { labels, protocolOf, rows, savedOf } from "../evaluate/saved-result.ts";

const digests = rows.map((_, i) => `${i}`);
const result = (path: string, more: Partial<Saved> = {}): Saved => ({
  path,
  ...savedOf(rows, labels, { protocol: protocolOf(path), ...more }),
});

test("a picture that was edited between two evaluations under its name and size is named", () => {
  const edited = result("b", { digests: digests.with(3, "x") });
  const { names } = edited;
  expect(() => compareResults(result("a", { digests }), edited)).toThrow(
    expect.objectContaining({
      reason: "usage",
      message: `a and b are not over the same pictures: the file of ${names[3]} was changed between them, its name and size are the same`,
    }),
  );
});

test("results of the same bytes are compared, and one that does not know its bytes with any", () => {
  const known = result("a", { digests });
  expect(compareResults(known, result("b", { digests })).top1.n).toBe(rows.length);
  expect(compareResults(known, result("b")).top1.n).toBe(rows.length);
});
