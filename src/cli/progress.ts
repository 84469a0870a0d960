// Progress on stderr: a bar at the foot of a terminal, plain lines elsewhere. The one door to cli-progress, which draws the bar; its own terminal
// would draw over notes and keep the process alive by a timer.
import cliProgress from "cli-progress";
import { note } from "./print.ts";
import { isTerminal, showLive } from "./terminal.ts";

export interface Progress {
  /** `details` are shown with two spaces between them, the most important first: a narrow terminal leaves out the last. */
  update(done: number, ...details: string[]): void;
  stop(): void;
}

export type ProgressOptions = {
  /** Where it begins. */
  readonly from?: number;
  /** Without a terminal: whether its beginning and its end have lines of their own, beside one every 20 seconds. */
  readonly ends?: boolean;
};

export const progressBar = (label: string, total: number, options: ProgressOptions = {}): Progress =>
  isTerminal() ? bar(label, total, options) : lines(label, total, options);

function bar(label: string, total: number, { from = 0 }: ProgressOptions): Progress {
  let state = { label, total, done: from, details: [] as string[] };
  const live = showLive(({ columns }) => [barLine(state, columns)]);
  return {
    update(done, ...details) {
      state = { ...state, done, details };
      live.changed();
    },
    stop: live.stop,
  };
}

const secondsBetween = 20;

function lines(label: string, total: number, { from = 0, ends = true }: ProgressOptions): Progress {
  let last = performance.now();
  return {
    update(done, ...details) {
      const now = performance.now();
      const isEnd = ends && (done >= total || done <= from);
      if (!isEnd && now - last < secondsBetween * 1000) return;
      last = now;
      note([`${label} ${done}/${total}`, ...details].join("  "));
    },
    stop() {},
  };
}

const barWidths = { least: 8, most: 24 };
/** So many details are worth more than the bar. */
const vital = 2;

type BarState = { label: string; total: number; done: number; details: readonly string[] };

/** `train [====----]  12/240  1m 2s left  52.3 images/s`, shorter than the terminal is wide. */
export function barLine(state: BarState, columns: number): string {
  let last = "";
  for (const line of forms(state, columns)) {
    if (line.length < columns) return line;
    last = line;
  }
  return last.slice(0, columns - 1);
}

/** The fullest first: details go from the last one on, then the bar, then the vital details, then the label. */
function* forms({ label, total, done, details }: BarState, columns: number): Generator<string> {
  const count = `${String(done).padStart(String(total).length)}/${total}`;
  const kept = Math.min(vital, details.length);
  for (let n = details.length; n >= kept; n -= 1) {
    const text = [count, ...details.slice(0, n)].join("  ");
    const room = columns - 1 - `${label} []  ${text}`.length;
    const width = Math.max(barWidths.least, Math.min(room, barWidths.most));
    yield `${label} ${drawBar(done / total, width)}  ${text}`;
  }
  for (let n = kept; n >= 0; n -= 1) yield [`${label} ${count}`, ...details.slice(0, n)].join("  ");
  yield count;
}

function drawBar(share: number, width: number): string {
  const characters = { barCompleteString: "=".repeat(width), barIncompleteString: "-".repeat(width), barGlue: "" };
  return `[${cliProgress.Format.BarFormat(Math.min(1, Math.max(0, share)), { barsize: width, ...characters })}]`;
}

/** Progress of so many pictures, with their rate and the time left. */
export function picturesBar(label: string, total: number): { update(done: number): void; stop(): void } {
  const progress = progressBar(label, total);
  const start = performance.now();
  return {
    update(done) {
      const rate = (done / (performance.now() - start)) * 1000;
      progress.update(done, `${formatDuration((total - done) / rate)} left`, `${rate.toFixed(1)} images/s`);
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
