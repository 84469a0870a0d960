// Progress of a download on stderr: a bar at the foot of a terminal, a line for each tenth elsewhere.
import type { OnBytes } from "../download/progress.ts";
import { note } from "./print.ts";
import { barLine, formatDuration } from "./progress.ts";
import { isTerminal, showLive } from "./terminal.ts";

export type ByteProgress = { readonly update: OnBytes; readonly stop: () => void };

export const byteProgress = (): ByteProgress => (isTerminal() ? bar() : lines(note));

function bar(): ByteProgress {
  const start = performance.now();
  let first: number | undefined;
  let line = (_columns: number): string => "download";
  const live = showLive(({ columns }) => [line(columns)]);
  return {
    update(bytes, expected) {
      // What an earlier process left is no part of the rate.
      first ??= bytes;
      const rate = (bytes - first) / (performance.now() - start) / 1e3;
      const details = [`${rate.toFixed(1)} MB/s`];
      line = (columns) =>
        expected === undefined
          ? [`download  ${megabytes(bytes)} MB`, ...details].join("  ")
          : barLine(
              {
                label: "download",
                done: megabytes(bytes),
                total: megabytes(expected),
                details: [
                  "MB",
                  ...(rate > 0 ? [`${formatDuration((expected - bytes) / 1e6 / rate)} left`] : []),
                  ...details,
                ],
              },
              columns,
            );
      live.changed();
      if (expected !== undefined && bytes >= expected) live.stop();
    },
    stop: live.stop,
  };
}

/** What is said by `say` without a terminal; a total that nobody knows is not invented. */
export function lines(say: (line: string) => void): ByteProgress {
  let next = 0;
  const step = (expected: number | undefined) => (expected ?? 250e6) / 10;
  return {
    update(bytes, expected) {
      if (bytes < next) return;
      const share = expected === undefined ? "" : ` (${Math.floor((100 * bytes) / expected)}%)`;
      say(`  ${megabytes(bytes)} MB${share}`);
      next = (Math.floor(bytes / step(expected)) + 1) * step(expected);
    },
    stop: () => {},
  };
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
