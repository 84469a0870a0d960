// Live lines at the foot of a terminal, on stderr: what is said meanwhile appears above them, and nothing of them stays when they are stopped
// or the process ends. The cursor waits at their beginning, where a new width of the terminal leaves it; no mode of the terminal stays changed.
import { closeSync, openSync } from "node:fs";
import { isatty } from "node:tty";
import { visibleName } from "../visible.ts";
import { endBy, type StopSignal, stopSignals } from "./signals.ts";

export type Size = { readonly columns: number; readonly rows: number };
/** The lines for a terminal of this size; what is too long is cut off. */
export type Render = (size: Size) => readonly string[];

export interface LiveLines {
  /** Draws again, soon: several calls within a tenth of a second are one. */
  changed(): void;
  stop(): void;
}

/** Whether stderr is a terminal that can draw over what it has shown. */
export const isTerminal = (): boolean => process.stderr.isTTY === true && process.env.TERM !== "dumb";

const terminals = [0, 1, 2].filter((fd) => isatty(fd));
const lost = (): number[] => terminals.filter((fd) => !isatty(fd));

/** Whether the process began on a terminal that is gone: its window closed, its connection broke off. */
export const isTerminalLost = (): boolean => lost().length > 0;

/** Puts nothing in its place. As it ends, Node gives terminals their settings back, and aborts where that fails. */
export function replaceLostTerminal(): void {
  for (const fd of lost()) {
    closeSync(fd);
    openSync("/dev/null", "r+");
  }
}

const redrawMilliseconds = 100;
const clear = "\r\x1b[J";

type Foot = LiveLines & { draw(): void };
let foot: Foot | undefined;

/** Shows the lines in place of any that are shown already. A signal ends the process unless somebody else listens for it. */
export function showLive(render: Render): LiveLines {
  foot?.stop();
  let timer: NodeJS.Timeout | undefined;
  let last = Number.NEGATIVE_INFINITY;
  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    last = performance.now();
    // A terminal without a size says 0.
    const size = { columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 };
    process.stderr.write(frame(render(size), size));
  };
  const shown: Foot = {
    draw,
    changed() {
      if (foot !== shown) return;
      timer ??= setTimeout(draw, Math.max(0, last + redrawMilliseconds - performance.now())).unref();
    },
    stop() {
      if (foot !== shown) return;
      foot = undefined;
      clearTimeout(timer);
      process.off("exit", shown.stop);
      process.stderr.off("resize", draw);
      for (const signal of stopSignals) process.off(signal, leave);
      process.stderr.write(clear);
    },
  };
  foot = shown;
  process.on("exit", shown.stop);
  process.stderr.on("resize", draw);
  for (const signal of stopSignals) process.on(signal, leave);
  draw();
  return shown;
}

/** Lets `write` write to the terminal above the live lines, if there are any. */
export function aboveLive(write: () => void): void {
  if (foot) process.stderr.write(clear);
  write();
  foot?.draw();
}

/** Takes the live lines away, whoever shows them. */
export const stopLive = (): void => foot?.stop();

/** Takes away the `^C` that the terminal shows for the key. */
export function eraseKey(): void {
  if (isTerminal()) process.stderr.write("\r\x1b[K");
}

/** Ends with the cursor at the beginning of the first line. Where the terminal has just become narrower, nothing wraps before that is known. */
function frame(lines: readonly string[], { columns, rows }: Size): string {
  const shown = lines.slice(0, rows - 1).map((line) => visibleName(line).slice(0, columns - 1));
  const up = shown.length > 1 ? `\x1b[${shown.length - 1}A` : "";
  return `${clear}\x1b[?7l${shown.join("\n")}\x1b[?7h\r${up}`;
}

function leave(signal: StopSignal): void {
  if (process.listenerCount(signal) === 1) void endBy(signal);
}
