import fc from "fast-check";
import { expect, test } from "vitest";
import { barLine, formatDuration } from "../../src/cli/progress.ts";

const details = ["1h 2m left", "512.3 images/s", "loss 1.234", "epoch 12.34", "lr 0.045", "12% waiting for data"];
const state = { label: "train", done: 1234, total: 24_000, details };

test.each([
  [
    200,
    "train [=-----------------------]   1234/24000  1h 2m left  512.3 images/s  loss 1.234  epoch 12.34  lr 0.045  12% waiting for data",
  ],
  [80, "train [=-----------------]   1234/24000  1h 2m left  512.3 images/s  loss 1.234"],
  [60, "train [=---------]   1234/24000  1h 2m left  512.3 images/s"],
  [50, "train  1234/24000  1h 2m left  512.3 images/s"],
  [45, "train  1234/24000  1h 2m left"],
  [29, "train  1234/24000"],
  [17, " 1234/24000"],
  [6, " 1234"],
])("at %i columns", (columns, line) => expect(barLine(state, columns)).toBe(line));

test("is always shorter than the terminal is wide, and keeps time and rate wherever they fit", () => {
  const part = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.record({ label: part, details: fc.array(part, { maxLength: 6 }), done: fc.nat(), total: fc.nat() }),
      fc.integer({ min: 2, max: 200 }),
      (any, columns) => {
        const line = barLine(any, columns);
        expect(line.length).toBeLessThan(columns);
        const needed = [
          `${any.label} ${`${any.done}`.padStart(`${any.total}`.length)}/${any.total}`,
          ...any.details.slice(0, 2),
        ];
        if (needed.join("  ").length < columns) for (const text of needed.slice(1)) expect(line).toContain(text);
      },
    ),
  );
});

test("the bar fills as the work is done", () => {
  const bar = (done: number): string => barLine({ label: "x", done, total: 24, details: [] }, 80).slice(2, 28);
  expect(bar(0)).toBe(`[${"-".repeat(24)}]`);
  expect(bar(6)).toBe(`[${"=".repeat(6)}${"-".repeat(18)}]`);
  expect(bar(24)).toBe(`[${"=".repeat(24)}]`);
});

test.each([
  [3725, "1h 2m"],
  [75, "1m 15s"],
  [0.4, "0s"],
  [-1, "0s"],
])("%d seconds are %s", (seconds, words) => expect(formatDuration(seconds)).toBe(words));
