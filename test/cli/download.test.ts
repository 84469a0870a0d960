import { expect, test } from "vitest";
import { lines } from "../../src/cli/download.ts";

function said(report: (update: (bytes: number, expected?: number) => void) => void): string[] {
  const all: string[] = [];
  const progress = lines((line) => all.push(line));
  report(progress.update);
  progress.stop();
  return all;
}

test("without a terminal at most a line for each tenth, the last one complete", () => {
  const all = said((update) => {
    for (let bytes = 0; bytes <= 100e6; bytes += 1e6) update(bytes, 100e6);
  });
  expect(all).toHaveLength(11);
  expect(all.at(-1)).toBe("  100 MB (100%)");
});

test("an unknown total is not invented", () => {
  expect(said((update) => update(30e6))).toEqual(["  30 MB"]);
});
