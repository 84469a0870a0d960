// `--device`, `--threads` and `--kernels`: what the engine of a command computes with.
import { deviceVariable, deviceWords } from "../runtime/device.ts";
import { kernelsVariable, kernelsWords } from "../runtime/kernels.ts";
import { mostThreads, threadsVariable } from "../runtime/threads.ts";
import { choice, wholeNumber, wordOrFile } from "./options.ts";

const usual = `to compute and decode with (default: ${threadsVariable}, else one for each core)`;

export const engineOptions = (meaning = usual) => ({
  device: choice("<which>", `what computes (default: ${deviceVariable}, else auto: a GPU that set-up got CUDA for)`, {
    choices: deviceWords,
  }),
  threads: wholeNumber("<n>", `threads ${meaning}`, { most: mostThreads }),
  kernels: wordOrFile(
    "<whose>",
    `kernels to compute with, or the file of a table (default: ${kernelsVariable}, else auto)`,
    kernelsWords,
  ),
});

/** Takes the options to all that works in this process, as if they had been given in the environment. */
export function applyEngineOptions({
  device,
  threads,
  kernels,
}: {
  readonly device?: string;
  readonly threads?: number;
  readonly kernels?: string;
}): void {
  if (device !== undefined) process.env[deviceVariable] = device;
  if (threads !== undefined) process.env[threadsVariable] = `${threads}`;
  if (kernels !== undefined) process.env[kernelsVariable] = kernels;
}
