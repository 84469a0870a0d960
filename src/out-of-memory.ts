// Memory that the system does not give, in a sentence.
import { totalmem } from "node:os";
import { UserError } from "./errors.ts";

/** What JavaScript says of its buffers, WebAssembly of its memory, a worker of its heap. */
export const isOutOfMemory = (error: unknown): error is Error =>
  error instanceof Error && /\bout of memory\b|\ballocation failed\b|could not allocate memory/i.test(error.message);

/** @param what as in "none left for a map of 8x35x35x288" */
export function outOfMemory(cause: Error, what?: string): UserError {
  const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  const held = `this process holds ${gibibytes(process.memoryUsage.rss())} of the machine's ${gibibytes(totalmem())} GiB`;
  return new UserError("io", `out of memory${what ? `: ${what}` : ""}; ${held}`, {
    hint: "a smaller batch, or train.microBatch, needs less; `inception cost --batch` says what a step keeps",
    cause,
  });
}
