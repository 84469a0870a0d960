// `--threads` and `--kernels`: what the engine of a command computes with.
import { kernelsVariable, kernelsWords } from "../runtime/kernels.ts";
import { mostThreads, threadsVariable } from "../runtime/threads.ts";
import { wholeNumber, wordOrFile } from "./options.ts";

const usual = `to compute and decode with (default: ${threadsVariable}, else one for each core)`;

export const engineOptions = (meaning = usual) => ({
  threads: wholeNumber("<n>", `threads ${meaning}`, { most: mostThreads }),
  kernels: wordOrFile(
    "<whose>",
    `kernels to compute with, or the file of a table (default: ${kernelsVariable}, else auto)`,
    kernelsWords,
  ),
});

/** Takes the options to all that works in this process, as if they had been given in the environment. */
export function applyEngineOptions({
  threads,
  kernels,
}: {
  readonly threads?: number;
  readonly kernels?: string;
}): void {
  if (threads !== undefined) process.env[threadsVariable] = `${threads}`;
  if (kernels !== undefined) process.env[kernelsVariable] = kernels;
}
