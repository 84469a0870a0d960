// Keras' weights: .h5 with a group for each layer, Keras 3's .weights.h5 with numbered variables, and .keras, a zip of the latter.
import { Worker } from "node:worker_threads";
import { workerFile } from "../../worker-file.ts";
import type { ForeignFile } from "../foreign.ts";
import { layerNames } from "./keras-config.ts";
import type { Answer, Task } from "./keras-thread.ts";
import { refused } from "./refused.ts";
import type { Zip } from "./zip.ts";

const weightsInZip = "model.weights.h5";
const configInZip = "config.json";

/** Some gigabytes take seconds; a damaged file can keep HDF5 busy for ever. */
const longestReading = 120_000;

export const isKerasZip = (zip: Zip): boolean => zip.names.includes(weightsInZip);

/** A .keras archive. Layers have the names of its config.json where the weights do not give them. */
export async function readKerasZip(zip: Zip, file: string): Promise<ForeignFile> {
  const config = zip.names.includes(configInZip) ? await zip.read(configInZip) : undefined;
  return readKeras(await zip.read(weightsInZip), file, config && layerNames(config, file));
}

/**
 * Tensors "conv2d/kernel:0" as the layers' groups name them, or "conv2d/vars/0" of the layer "conv2d" where they are numbered;
 * "layers/conv2d/vars/0", its place in the file, where nothing says what the layer is called. Nested models stand before the
 * names of their layers: "inner/conv2d/vars/0". The bytes are given away to the thread that reads them.
 */
export async function readKeras(
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
  named: ReadonlyMap<string, string> = new Map(),
): Promise<ForeignFile> {
  const task: Task = { bytes, file, named };
  const worker = new Worker(workerFile(import.meta.url, "keras-thread"), {
    workerData: task,
    transferList: [bytes.buffer],
  });
  try {
    const { tensors, problem } = await answerOf(worker, file);
    if (tensors === undefined) throw refused(file, problem);
    return { format: "keras", tensors };
  } finally {
    await worker.terminate();
  }
}

const answerOf = (worker: Worker, file: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const end = setTimeout(
      () => reject(refused(file, `HDF5 has not read it in ${longestReading / 1000} seconds: it is damaged`)),
      longestReading,
    );
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(refused(file, `HDF5 ended over it with code ${code}: it is damaged`)));
    worker.once("exit", () => clearTimeout(end));
  });
