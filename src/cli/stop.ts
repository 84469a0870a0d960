// Ctrl-C and SIGTERM: the first asks for a clean stop, the second ends the process at once.
import { exitCodes } from "../errors.ts";
import { note } from "./print.ts";
import { eraseKey } from "./terminal.ts";

/** A signal that is raised by the first SIGINT or SIGTERM; `done` takes the handlers away again. */
export function stopOnRequest(what: string): { signal: AbortSignal; done: () => void } {
  const controller = new AbortController();
  const handler = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    eraseKey();
    note(`Stopping: ${what}. Press Ctrl-C again to stop at once.`);
    controller.abort();
  };
  process.on("SIGINT", handler).on("SIGTERM", handler);
  return { signal: controller.signal, done: () => void process.off("SIGINT", handler).off("SIGTERM", handler) };
}
