// The engine's thread: loads the program it was started with and answers one request after the other.
import { parentPort, workerData } from "node:worker_threads";
import { type ExitReason, UserError } from "../errors.ts";
import type { Place } from "./binding.ts";
import { type Feeds, openSession, type Session, type Tensor } from "./session.ts";

/** What the thread is started with. */
export type Given = { readonly program: Uint8Array; readonly place?: Place | undefined };

/** Without feeds it only asks whether the program is loaded. */
export type Request = { readonly id: number; readonly feeds?: Feeds; readonly fetches: readonly string[] };

export type Failure = {
  readonly message: string;
  readonly stack?: string | undefined;
  readonly reason?: ExitReason | undefined;
  readonly hint?: string | undefined;
};

export type Answer = { readonly id: number } & ({ readonly tensors: Tensor[] } | { readonly failure: Failure });

let session: Session | undefined;

parentPort?.on("message", (message: Request | "close") => {
  if (message === "close") {
    session?.close();
    parentPort?.close();
    return;
  }
  const answer = respond(message);
  const buffers = "tensors" in answer ? answer.tensors.map(({ data }) => data.buffer as ArrayBuffer) : [];
  parentPort?.postMessage(answer, [...new Set(buffers)]);
});

function respond({ id, feeds, fetches }: Request): Answer {
  try {
    session ??= openSession((workerData as Given).program, (workerData as Given).place);
    return { id, tensors: feeds ? session.run(feeds, fetches) : [] };
  } catch (error) {
    return { id, failure: describe(error) };
  }
}

function describe(error: unknown): Failure {
  if (error instanceof UserError) return { message: error.message, reason: error.reason, hint: error.hint };
  return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) };
}
