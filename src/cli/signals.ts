// The signals that ask a command to end, and how a process ends by one.
import { exitCodes } from "../errors.ts";

/** Exit code of a command that one of them ended before its work was done or saved: 128 and the signal's number, as a shell has it. */
export const signalCodes = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hungUp,
} as const;
export type StopSignal = keyof typeof signalCodes;
export const stopSignals = Object.keys(signalCodes) as StopSignal[];

/**
 * Ends the process at once, after what waits for its exit. Node alone would first wait for its threads, one of which may be in the midst
 * of a step that takes seconds.
 */
export async function endBy(signal: StopSignal): Promise<void> {
  const { endProcess } = await import("../system.ts");
  const code = signalCodes[signal];
  process.once("exit", () => endProcess(code));
  process.exit(code);
}
