// A session in a worker thread, so that the calling thread stays live for signals, progress and decoding.
import { Worker } from "node:worker_threads";
import { UserError } from "../errors.ts";
import { workerFile } from "../worker-file.ts";
import { type Place, prepareTensorflow } from "./binding.ts";
import type { Engine, Tensor } from "./session.ts";
import type { Answer, Failure, Given, Request } from "./worker.ts";

type Waiting = { resolve(tensors: Tensor[]): void; reject(error: Error): void };

/**
 * Starts a thread with the program loaded. Feeds on a SharedArrayBuffer cross without a copy (do not write to them until
 * run() settles); results are transferred. Runs are done in the order asked for. An idle engine does not keep the process alive.
 *
 * @throws UserError if set-up has not been run.
 */
export async function startEngine(program: Uint8Array, place?: Place): Promise<Engine> {
  prepareTensorflow();
  const worker = new Worker(workerFile(import.meta.url, "worker"), { workerData: { program, place } satisfies Given });
  const waiting = new Map<number, Waiting>();
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  let failure: Error | undefined;
  let next = 0;

  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    return found;
  };
  const fail = (error: Error): void => {
    failure ??= error;
    for (const id of [...waiting.keys()]) settle(id)?.reject(failure);
  };
  const ask = (request: Omit<Request, "id">): Promise<Tensor[]> => {
    if (failure) return Promise.reject(failure);
    const id = next++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, ...request } satisfies Request);
    });
  };

  worker.on("message", ({ id, ...answer }: Answer) => {
    const asked = settle(id);
    if ("tensors" in answer) asked?.resolve(answer.tensors);
    else asked?.reject(revive(answer.failure));
  });
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`the engine's thread ended with code ${code}`)));

  await ask({ fetches: [] });
  return {
    run: (feeds, fetches) => ask({ feeds, fetches }),
    async close() {
      failure ??= new Error("the engine is closed");
      worker.ref();
      worker.postMessage("close");
      await ended;
    },
  };
}

const revive = ({ message, stack, reason, hint }: Failure): Error => {
  const error = reason ? new UserError(reason, message, hint ? { hint } : {}) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
};
