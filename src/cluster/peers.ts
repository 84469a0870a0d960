// The processes of one training while it lasts: a word from each to all, and whether all still answer.
import { lookup } from "node:dns/promises";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { beatProgram, messageNumbers, messageProgram } from "../graph/exchange-program.ts";
import { startEngine } from "../runtime/engine.ts";
import { type Place, startServer } from "../runtime/server.ts";
import type { Engine } from "../runtime/session.ts";
import { type Cluster, hostOf } from "./cluster.ts";

export interface Peers extends Cluster {
  readonly place: Place;
  /** Whether the port hears the addresses named and nobody else. */
  readonly isClosed: boolean;
  /** This process was asked to stop. */
  readonly asked: AbortSignal;
  /** All stop, after the same step. */
  readonly stopped: AbortSignal;
  stop(): void;
  /** Every process's value, which is JSON, by its number; all wait for one another. */
  gather<T>(value: T): Promise<T[]>;
  /** Rejects once a process no longer answers; then nothing that is waited for here ever comes. */
  readonly lost: Promise<never>;
  /** The end of what processes do together: after it each may go. */
  leave(): Promise<void>;
}

/** Seconds between beats, after which a beat has failed, and for which a process waits for all others to come. */
const [pause, patience, mostWaiting] = [3, 20, 600];

/**
 * Starts this process's server and waits for all others. Throws UserError("stopped") where they do not come in ten minutes or `asked` comes
 * first, and ("io") where its port or a host's address cannot be had.
 */
export async function join(cluster: Cluster, asked: AbortSignal): Promise<Peers> {
  const { tasks, index } = cluster;
  const { isClosed, ...place } = startServer({ ...cluster, admitted: await addressesOf(tasks) });
  const messages = await startEngine(messageProgram(tasks.length), place);
  const beats = await startEngine(beatProgram(tasks.length), place);
  await Promise.race([exchange(messages, cluster, index), tooLate(asked)]);
  const stop = new AbortController();
  const pulse = startPulse(beats, tasks.length);
  return {
    ...cluster,
    place,
    isClosed,
    asked,
    stopped: stop.signal,
    stop: () => stop.abort(),
    gather: (value) => exchange(messages, cluster, value),
    ...pulse,
  };
}

/** The chief's value; the others' are not looked at. */
export const agree = async <T>(peers: Pick<Peers, "gather">, value: T): Promise<T> => (await peers.gather(value))[0]!;

/** In the place of what a call gives in which all take part. */
export const lostError = (cause: unknown): UserError =>
  new UserError("stopped", "a process of this training no longer answers, so this one ends, too", {
    hint: "when all are there again, --resume goes on from the last checkpoint",
    cause,
  });

async function addressesOf(tasks: readonly string[]): Promise<string[]> {
  const found = await Promise.all([...new Set(tasks.map(hostOf))].map(addressesOfHost));
  return [...new Set(found.flat())];
}

async function addressesOfHost(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true, family: 4 })).map(({ address }) => address);
  } catch (error) {
    throw new UserError("io", `--workers: ${host} has no IPv4 address that this machine finds`, { cause: error });
  }
}

/** Rejects when it is asked to, or after the longest that processes wait for one another. */
const tooLate = (asked: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const late = AbortSignal.timeout(1000 * mostWaiting);
    const end = (): void =>
      reject(
        new UserError(
          "stopped",
          late.aborted
            ? `not all processes have come in ${mostWaiting} seconds`
            : "stopped while it waited for the other processes",
        ),
      );
    late.addEventListener("abort", end);
    asked.addEventListener("abort", end);
    if (asked.aborted) end();
  });

/** Text crosses four bytes to a number, after its length, in as many runs as the longest takes. */
async function exchange<T>(engine: Engine, { tasks, index }: Cluster, value: T): Promise<T[]> {
  const text = Buffer.from(JSON.stringify(value ?? null));
  const room = 4 * (messageNumbers - 1);
  const received = tasks.map((): Buffer[] => []);
  let lengths: number[] = [];
  for (let from = 0; from === 0 || lengths.some((length) => length > from); from += room) {
    const own = new Int32Array(tasks.length * messageNumbers);
    own[index * messageNumbers] = text.length;
    const bytes = Buffer.from(own.buffer);
    bytes.set(text.subarray(from, from + room), 4 * (index * messageNumbers + 1));
    const shape = [tasks.length, messageNumbers];
    const all = await engine.run({ own: { dtype: "int32", shape, value: own } }, ["all"]).catch((error: unknown) => {
      throw lostError(error);
    });
    const { data } = all[0]!;
    lengths = tasks.map((_, task) => data[task * messageNumbers]!);
    for (const [task, parts] of received.entries())
      parts.push(Buffer.from(data.buffer, data.byteOffset + 4 * (task * messageNumbers + 1), room));
  }
  return received.map((parts, task) => JSON.parse(Buffer.concat(parts).subarray(0, lengths[task]).toString()) as T);
}

/** A clock of our own: TensorFlow's would give up the training's sums as well (graph/exchange.ts). */
async function inTime<T>(beat: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = delay(1000 * patience, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`no beat in ${patience} seconds`);
  });
  try {
    return await Promise.race([beat, late]);
  } finally {
    settled.abort();
  }
}

/** Beats say whether a process leaves; the one in which all do is the last. */
function startPulse(engine: Engine, tasks: number): Pick<Peers, "lost" | "leave"> {
  const leaving = new AbortController();
  const beating = (async (): Promise<void> => {
    for (let left = 0; left < tasks; ) {
      await delay(1000 * pause, undefined, { ref: false, signal: leaving.signal }).catch(() => {});
      const own = { dtype: "int32", shape: [1], value: Int32Array.of(leaving.signal.aborted ? 1 : 0) } as const;
      left = (await inTime(engine.run({ own }, ["all"])))[0]!.data[0]!;
    }
  })();
  const lost = new Promise<never>((_, reject) => beating.catch((error: unknown) => reject(lostError(error))));
  // Whoever works on hears of it where that is raced.
  lost.catch(() => {});
  return {
    lost,
    async leave() {
      leaving.abort();
      await beating.catch(() => {});
    },
  };
}
