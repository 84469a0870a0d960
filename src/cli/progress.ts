// A progress bar on a terminal, plain lines elsewhere; both on stderr.
import { SingleBar } from "cli-progress";
import { note } from "./print.ts";

export interface Progress {
  update(done: number, details: string): void;
  stop(): void;
}

/** `secondsBetween`: how often a line is printed where there is no terminal. */
export function progressBar(label: string, total: number, done = 0, secondsBetween = 20): Progress {
  return process.stderr.isTTY ? bar(label, total, done) : lines(label, total, done, secondsBetween);
}

function bar(label: string, total: number, start: number): Progress {
  const single = new SingleBar({
    format: `${label} {bar} {value}/{total} {details}`,
    hideCursor: true,
    stream: process.stderr,
  });
  single.start(total, start, { details: "" });
  return { update: (done, details) => single.update(done, { details }), stop: () => single.stop() };
}

function lines(label: string, total: number, start: number, secondsBetween: number): Progress {
  let last = performance.now();
  return {
    update(done, details) {
      const now = performance.now();
      if (done < total && done > start && now - last < secondsBetween * 1000) return;
      last = now;
      note(`${label} ${done}/${total} ${details}`);
    },
    stop() {},
  };
}

/** Progress of so many pictures, with their rate and the time left. */
export function picturesBar(label: string, total: number): { update(done: number): void; stop(): void } {
  const progress = progressBar(label, total);
  const start = performance.now();
  return {
    update(done) {
      const rate = (done / (performance.now() - start)) * 1000;
      progress.update(done, `${rate.toFixed(1)} images/s  ${formatDuration((total - done) / rate)} left`);
    },
    stop: () => progress.stop(),
  };
}

/** 3725 -> "1h 2m", 75 -> "1m 15s". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${rest}s` : `${rest}s`;
}
