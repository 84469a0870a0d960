// `--threads`: how many threads a command computes and decodes with.
import { mostThreads, threadsVariable } from "../runtime/threads.ts";
import { wholeNumber } from "./options.ts";

const usual = `to compute and decode with (default: ${threadsVariable}, else one for each core)`;

export const threadsOption = (meaning = usual) => wholeNumber("<n>", `threads ${meaning}`, { most: mostThreads });

/** Takes the option to all that works in this process, as if it had been given in the environment. */
export function applyThreads({ threads }: { readonly threads?: number }): void {
  if (threads !== undefined) process.env[threadsVariable] = `${threads}`;
}
