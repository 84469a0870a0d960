// Times as they are typed, and what is said where they are none.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDuration } from "../../src/cli/duration.ts";

test.each([
  ["90s", 90],
  ["45m", 2700],
  ["2h", 7200],
  ["1.5h", 5400],
  ["1h30m", 5400],
  ["1d", 86_400],
  ["1d2h3m4s", 93_784],
])("%s is %d seconds", (text, seconds) => {
  expect(readDuration("--max-time", text)).toBe(seconds);
});

test("any days, hours, minutes and seconds in this order", () => {
  const part = fc.integer({ min: 0, max: 999 });
  fc.assert(
    fc.property(part, part, part, part, (d, h, m, s) => {
      fc.pre(d + h + m + s > 0);
      expect(readDuration("--max-time", `${d}d${h}h${m}m${s}s`)).toBe(86_400 * d + 3600 * h + 60 * m + s);
    }),
  );
});

describe("what is none is refused, with what was meant where that is clear", () => {
  const said = (text: string): string => {
    try {
      return String(readDuration("--max-time", text));
    } catch (error) {
      return (error as Error).message;
    }
  };
  test.each([
    ["2", "2m"],
    ["2H", "2h"],
    ["2 hours", "2h"],
    ["1 hour and 30 minutes", "1h30m"],
    ["90 sec", "90s"],
    ["1 day, 2 hrs", "1d2h"],
  ])("%s: did you mean %s?", (text, meant) => {
    expect(said(text)).toBe(
      `--max-time: expected a time such as 90s, 45m, 1h30m or 1d, got ${JSON.stringify(text)}; did you mean ${meant}?`,
    );
  });
  test.each(["", "0s", "-1h", "30m1h", "h", "soon", "1h1h", "1e3s", "Infinitys"])("%j", (text) => {
    expect(said(text)).toMatch(/^--max-time: expected a time such as 90s, 45m, 1h30m or 1d, got ".*"$/);
  });
});
