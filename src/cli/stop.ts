// Ctrl-C, SIGTERM and SIGHUP: the first asks for a clean stop, the second ends the process at once.
import { drivenVariable } from "../driven.ts";
import { note } from "./print.ts";
import { endBy, type StopSignal, signalCodes, stopSignals } from "./signals.ts";
import { eraseKey, isTerminalLost } from "./terminal.ts";

export type Stop = {
  /** Raised by the first signal. */
  readonly signal: AbortSignal;
  /** Of a command that it stopped with nothing saved. */
  exitCode(): number;
  /** Takes the handlers away again. */
  done(): void;
};

/** What follows the first signal so soon is the same request: launchers pass on what their child has had from the terminal. */
const oneRequestMilliseconds = 100;

const words: Readonly<Record<StopSignal, readonly [request: string, again: string]>> = {
  SIGINT: ["Stopping", "Press Ctrl-C again to stop at once."],
  SIGTERM: ["Stopping on SIGTERM", "Another one stops at once."],
  SIGHUP: ["Stopping on SIGHUP", "Another one stops at once."],
};

/** `what` becomes of the work is said when the first signal comes. */
export function stopOnRequest(what: string): Stop {
  const controller = new AbortController();
  let first: StopSignal | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stop = (signal: StopSignal): void => {
    const [request, again] = words[signal];
    note(`${request}: ${what}. ${again}`);
    controller.abort();
  };
  const handler = (signal: StopSignal): void => {
    if (signal === "SIGINT") eraseKey();
    if (first === undefined) {
      first = signal;
      timer = setTimeout(stop, oneRequestMilliseconds, signal);
      return;
    }
    // A terminal that is lost says so twice: its shell passes SIGHUP on, and the system sends another one as the shell ends.
    const isEcho = (signal === "SIGHUP" && isTerminalLost()) || process.env[drivenVariable] !== undefined;
    if (controller.signal.aborted && !isEcho) void endBy(signal);
  };
  for (const signal of stopSignals) process.on(signal, handler);
  return {
    signal: controller.signal,
    exitCode: () => signalCodes[first!],
    done() {
      clearTimeout(timer);
      for (const signal of stopSignals) process.off(signal, handler);
    },
  };
}
