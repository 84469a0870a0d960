// A training that several processes take each step of: what each has of a batch, and that all are there.
import { lostError, type Peers } from "../cluster/peers.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { SharedStep } from "../graph/shared-step.ts";
import type { Arithmetic } from "../runtime/arithmetic.ts";

export type Together = Peers & Pick<SharedStep, "wire">;

/** This process's number and how many there are. */
export type Share = { readonly index: number; readonly of: number };
export const whole: Share = { index: 0, of: 1 };
export const shareOf = (together: Together | undefined): Share =>
  together ? { index: together.index, of: together.tasks.length } : whole;

/**
 * A new experiment as so many processes train it: where it names no micro-batch, that is each one's part of a batch, and written down, so that
 * whoever resumes the run trains the same whatever the number of processes.
 */
export function splitOver(experiment: Experiment, processes: number): Experiment {
  const { batch, microBatch } = experiment.train;
  if (microBatch !== undefined || batch % processes !== 0) return experiment;
  return { ...experiment, train: { ...experiment.train, microBatch: batch / processes } };
}

/** What of the last bits is theirs. */
export const sharedArithmetic = ({ tasks, wire }: Together): Pick<Arithmetic, "processes" | "wire"> => ({
  processes: tasks.length,
  wire,
});

/** Throws UserError("usage") where so many processes cannot train it. */
export function requireShared({ train }: Experiment, processes: number): void {
  const { batch, microBatch = batch, freeze, headFirst, onDivergence } = train;
  const wrong = (message: string, hint?: string) => new UserError("usage", message, hint === undefined ? {} : { hint });
  if ((batch / microBatch) % processes !== 0) {
    const divisor = Array.from({ length: batch }, (_, i) => batch - i).find((size) => batch % (size * processes) === 0);
    throw wrong(
      `${processes} processes cannot share a batch of ${batch} in micro-batches of ${microBatch} evenly`,
      divisor === undefined
        ? "take a batch that the number of processes divides: --batch"
        : `--set train.microBatch=${divisor} does; a run that is resumed needs --allow-drift train.microBatch, too`,
    );
  }
  if (freeze.length > 0 || headFirst !== null)
    throw wrong(
      `train.${freeze.length > 0 ? "freeze" : "headFirst"}: several processes train all layers or none`,
      "what is frozen trains on one machine",
    );
  if (onDivergence.name === "rollback")
    throw wrong("train.onDivergence: several processes cannot roll back", "stop and skip-batch can");
}

/** TensorFlow's words for a process that is not there: an error with others stays what it is. */
const lost = /collective|deadline|connection|socket|unavailable|reset by peer|handshake|step_id|cancelled/i;

/** What a run threw that waits for other processes. */
export const orLost = (error: unknown): unknown =>
  error instanceof Error && !(error instanceof UserError) && lost.test(error.message) ? lostError(error) : error;
