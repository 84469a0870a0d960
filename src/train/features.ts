// Features of a set of pictures, computed once and kept in a file beside the run; the system holds of it what memory has room for.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { type BadPicture, type Decoders, preparedBatches, type Slot } from "../images/batches.ts";
import { explainIoError } from "../io-error.ts";
import type { Trunk } from "./trainer.ts";

export interface Features {
  /** One row for each picture in the order given: raw float32. */
  readonly rowBytes: number;
  /** Of each row; -1 where its picture was left out. */
  readonly labels: Int32Array;
  /** Copies rows one after another into the target. */
  read(rows: readonly number[], target: Uint8Array): void;
  close(): void;
}

export interface Wanted {
  readonly path: string;
  /** Everything that the features depend on: a file of another key is written anew. */
  readonly key: string;
  readonly slots: readonly Slot[];
  readonly trunk: Pick<Trunk, "features" | "maps">;
  readonly decoders: Decoders;
  readonly size: number;
  readonly batch: number;
  readonly onBad: (failure: BadPicture) => void;
  /** Hears how many are done; not called where the file is there. */
  readonly onDone: (done: number) => void;
  readonly stop: AbortSignal;
}

/** Opens the file, after computing what it lacks; undefined where the signal stopped it. Throws UserError("diskFull") or ("io"). */
export async function openFeatures(wanted: Wanted): Promise<Features | undefined> {
  const { maps } = wanted.trunk;
  const rowBytes = 4 * maps.height * maps.width * maps.channels;
  const labels = storedLabels(wanted, rowBytes) ?? (await compute(wanted, rowBytes));
  if (labels === undefined) return undefined;
  const file = guarded(wanted.path, () => openSync(wanted.path, "r"));
  return {
    rowBytes,
    labels,
    read(rows, target) {
      for (const [place, row] of rows.entries())
        guarded(wanted.path, () =>
          readWhole(file, target.subarray(place * rowBytes, (place + 1) * rowBytes), row * rowBytes),
        );
    },
    close: () => closeSync(file),
  };
}

const indexOf = (path: string): string => `${path}.json`;

function storedLabels({ path, key, slots }: Wanted, rowBytes: number): Int32Array | undefined {
  if (!existsSync(indexOf(path)) || !existsSync(path) || statSync(path).size !== slots.length * rowBytes)
    return undefined;
  try {
    const index = JSON.parse(readFileSync(indexOf(path), "utf8")) as { key: unknown; labels: number[] };
    return index.key === key ? Int32Array.from(index.labels) : undefined;
  } catch {
    return undefined;
  }
}

/** The labels, when every row is on the disk. */
async function compute(wanted: Wanted, rowBytes: number): Promise<Int32Array | undefined> {
  const { path, key, slots, trunk, decoders, size, batch, onBad, onDone, stop } = wanted;
  const labels = new Int32Array(slots.length);
  nodeFs.remove(indexOf(path));
  const file = guarded(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "w");
  });
  try {
    for await (const pictures of preparedBatches({ decoders, size, batch, slots, onBad })) {
      const first = pictures.index * batch;
      const rows = await trunk.features(pictures.images);
      guarded(path, () => writeWhole(file, rows.subarray(0, pictures.count * rowBytes), first * rowBytes));
      labels.set(pictures.labels.subarray(0, pictures.count), first);
      onDone(first + pictures.count);
      if (stop.aborted) return undefined;
    }
    guarded(path, () => nodeFs.fsync(file));
  } finally {
    closeSync(file);
  }
  replaceDurably(nodeFs, indexOf(path), JSON.stringify({ key, labels: [...labels] }));
  return labels;
}

function writeWhole(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

function readWhole(file: number, target: Uint8Array, position: number): void {
  for (let done = 0; done < target.length; ) {
    const taken = readSync(file, target, done, target.length - done, position + done);
    if (taken === 0) throw Object.assign(new Error("the file is shorter than it was"), { code: "EIO" });
    done += taken;
  }
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainIoError(error, "cannot keep features in", path);
  }
}
