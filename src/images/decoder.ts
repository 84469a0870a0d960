// A decoding thread: prepares the pictures that it is sent, each into its place in a batch that all threads share.
import { parentPort, workerData } from "node:worker_threads";
import { UserError } from "../errors.ts";
import { decodeThreads } from "./decode.ts";
import { type Shared, takeRoom } from "./memory-budget.ts";
import { preparePicture, type Treatment } from "./prepare.ts";
import { SourceLost } from "./source-lost.ts";
import type { Item } from "./sources/listing.ts";

export interface Job {
  readonly id: number;
  readonly item: Item;
  readonly size: number;
  readonly treatment: Treatment;
  /** size * size * 3 bytes for each crop, on a SharedArrayBuffer; left as they are when the picture is unreadable. */
  readonly target: Uint8Array;
  /** Likewise 32 bytes for the SHA-256 of what was read, where that is wanted. */
  readonly digest?: Uint8Array;
}
/** Nothing but the id when all went well. */
export interface Done {
  readonly id: number;
  /** Why the picture is unreadable. */
  readonly reason?: string;
  /** That all pictures are out of reach, and why. */
  readonly lost?: string;
  /** Our bug. */
  readonly fault?: unknown;
}

decodeThreads(1);
const room = (pixels: number) => takeRoom(workerData as Shared, pixels);
parentPort?.on("message", async (job: Job) => parentPort?.postMessage(await work(job)));

async function work({ id, item, size, treatment, target, digest }: Job): Promise<Done> {
  try {
    target.set(await preparePicture(item, size, treatment, { room, digest }));
    return { id };
  } catch (error) {
    if (error instanceof SourceLost) return { id, lost: error.message };
    if (error instanceof UserError) return { id, reason: (error.cause as Error).message };
    return { id, fault: error };
  }
}
