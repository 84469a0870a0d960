// The thread that reads one HDF5 file of Keras and ends.
import { parentPort, workerData } from "node:worker_threads";
import { UserError } from "../../errors.ts";
import type { ForeignTensor } from "../foreign.ts";
import { openHdf5 } from "./hdf5.ts";
import { kerasTensors } from "./keras-layers.ts";

export interface Task {
  readonly bytes: Uint8Array;
  readonly file: string;
  readonly named: ReadonlyMap<string, string>;
}
/** The tensors, or why the file is refused: what comes after its name. */
export type Answer =
  | { readonly tensors: ReadonlyMap<string, ForeignTensor>; readonly problem?: never }
  | { readonly tensors?: never; readonly problem: string };

const { bytes, file, named } = workerData as Task;
const answer = await read();
const buffers = [...(answer.tensors?.values() ?? [])].map(({ data }) => data.buffer as ArrayBuffer);
parentPort?.postMessage(answer, buffers);

async function read(): Promise<Answer> {
  try {
    return { tensors: kerasTensors(await openHdf5(bytes, file), named, file) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problem: error.message.slice(`${file}: `.length) };
  }
}
