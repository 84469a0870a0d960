// Times as they are typed: 90s, 45m, 2h, 1h30m, 1d.
import { UserError } from "../errors.ts";

const secondsIn = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
const written = /^(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?$/;

/** Seconds, above 0. Throws UserError("usage") that names the option and, where it can tell, what was meant. */
export function readDuration(option: string, given: string): number {
  const seconds = parse(given);
  if (seconds !== undefined) return seconds;
  const meant = intended(given);
  const guess = parse(meant) === undefined ? "" : `; did you mean ${meant}?`;
  throw new UserError(
    "usage",
    `${option}: expected a time such as 90s, 45m, 1h30m or 1d, got ${JSON.stringify(given)}${guess}`,
  );
}

function parse(text: string): number | undefined {
  const parts = written.exec(text)?.slice(1);
  const seconds = Object.values(secondsIn).reduce((sum, unit, i) => sum + Number(parts?.[i] ?? 0) * unit, 0);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

/** Whole words for units become letters, and a number alone is one of minutes. */
const intended = (given: string): string =>
  given
    .toLowerCase()
    .replace(/\s+|and|,/g, "")
    .replace(/(\d)(d|h|m|s)[a-z]*/g, "$1$2")
    .replace(/^[\d.]+$/, "$&m");
