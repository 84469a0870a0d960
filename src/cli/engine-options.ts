// `--threads` and `--kernels`: what the engine of a command computes with.
import { kernelsVariable, kernelsWishes } from "../runtime/kernels.ts";
import { mostThreads, threadsVariable } from "../runtime/threads.ts";
import { choice, wholeNumber } from "./options.ts";

const usual = `to compute and decode with (default: ${threadsVariable}, else one for each core)`;

export const engineOptions = (meaning = usual) => ({
  threads: wholeNumber("<n>", `threads ${meaning}`, { most: mostThreads }),
  kernels: choice("<whose>", `kernels to compute with (default: ${kernelsVariable}, else auto)`, {
    choices: kernelsWishes,
  }),
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
