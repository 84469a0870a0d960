// Engines with the same program that take runs in turn: on a GPU the copies and results of one go on while another computes.
import type { Device } from "./device.ts";
import { startEngine } from "./engine.ts";
import type { Engine, Feeds, Tensor } from "./session.ts";

export interface Engines {
  /** How many runs may be in work side by side. */
  readonly atOnce: number;
  /** By the engine whose turn it is. */
  run(feeds: Feeds, fetches: readonly string[]): Promise<Tensor[]>;
  /** By every engine, as each has variables of its own. */
  all(feeds: Feeds, fetches: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** As many as are worth their memory: one run keeps a processor's cores busy. */
export const enginesOf: Readonly<Record<Device, number>> = { cpu: 1, cuda: 3 };

/** Throws UserError as `startEngine` does. */
export async function startEngines(
  program: Uint8Array,
  count: number,
  start: (program: Uint8Array) => Promise<Engine> = startEngine,
): Promise<Engines> {
  const starting = await Promise.allSettled(Array.from({ length: count }, () => start(program)));
  const engines = starting.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const close = async () => void (await Promise.all(engines.map((engine) => engine.close())));
  const failed = starting.find((one) => one.status === "rejected");
  if (failed) {
    await close();
    throw failed.reason;
  }
  let turn = 0;
  return {
    atOnce: count,
    run: (feeds, fetches) => engines[turn++ % count]!.run(feeds, fetches),
    all: async (feeds, fetches) => void (await Promise.all(engines.map((engine) => engine.run(feeds, fetches)))),
    close,
  };
}
