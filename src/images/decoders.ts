// The decoding threads and the queue before them.
import { Worker } from "node:worker_threads";
import { workerFile } from "../worker-file.ts";
import { type Shared, sharedBudget } from "./memory-budget.ts";
import { SourceLost } from "./source-lost.ts";
// Sets the formats that all threads may read.
import "./decode.ts";
import type { Done, Job } from "./decoder.ts";

export type Request = Omit<Job, "id">;
export interface Decoders {
  /** How many pictures keep all of them busy. */
  readonly atOnce: number;
  /**
   * The reason why the picture is unreadable, or undefined; a job that has not begun when the signal comes is dropped. Rejects with SourceLost where
   * that is no fault of the picture.
   */
  decode(request: Request, signal: AbortSignal): Promise<string | undefined>;
  close(): Promise<void>;
}

type Waiting = {
  readonly request: Request;
  readonly signal: AbortSignal;
  readonly resolve: (reason: string | undefined) => void;
  readonly reject: (fault: unknown) => void;
};
/** So that one is read and decoded while another is recoloured. */
const inThread = 2;

export function startDecoders(threads: number, memory: Shared = sharedBudget()): Decoders {
  const queue: Waiting[] = [];
  let failure: unknown;
  const workers = Array.from({ length: threads }, () => startWorker(queue, memory, fail));

  function fail(error: unknown): void {
    failure ??= error;
    for (const { reject } of queue.splice(0)) reject(failure);
  }
  return {
    atOnce: inThread * threads,
    decode: (request, signal) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        queue.push({ request, signal, resolve, reject });
        for (const { pull } of workers) pull();
      }),
    close: async () => {
      fail(new Error("the decoders are closed"));
      await Promise.all(workers.map(({ close }) => close()));
    },
  };
}

function startWorker(queue: Waiting[], memory: Shared, fail: (error: unknown) => void) {
  const worker = new Worker(workerFile(import.meta.url, "decoder"), { workerData: memory });
  const running = new Map<number, Waiting>();
  let nextId = 0;

  const pull = () => {
    while (running.size < inThread && queue.length > 0) {
      const job = queue.shift()!;
      if (job.signal.aborted) {
        job.resolve(undefined);
        continue;
      }
      running.set(nextId, job);
      worker.postMessage({ id: nextId++, ...job.request });
    }
    if (running.size === 0) worker.unref();
    else worker.ref();
  };
  const end = (error: unknown) => {
    for (const { reject } of running.values()) reject(error);
    running.clear();
    fail(error);
  };
  worker.on("message", ({ id, reason, lost, fault }: Done) => {
    const job = running.get(id);
    running.delete(id);
    if (lost !== undefined) job?.reject(new SourceLost(lost));
    else if (fault === undefined) job?.resolve(reason);
    else job?.reject(fault);
    pull();
  });
  worker.on("error", end);
  worker.on("exit", (code) => end(new Error(`a decoding thread ended with code ${code}`)));
  worker.unref();
  return { pull, close: async () => void (await worker.terminate()) };
}
