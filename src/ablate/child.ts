// A child process that works on one cell: its output goes to the cell's log, and it holds the cell's lock as long as it lives.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { drivenVariable } from "../driven.ts";
import type { Lock } from "../lock.ts";
import { program } from "./cell-command.ts";

export type Ended = { readonly exit: number | null; readonly signal: NodeJS.Signals | null };

/**
 * Runs `inception <args>`. When `stop` is raised the child is asked once to stop (SIGINT: it saves); it leads a process group of its own,
 * so Ctrl-C on the terminal does not ask a second time. Should this process end first, the child is asked then, and ended where it was asked
 * before.
 */
export async function runChild(
  args: readonly string[],
  { log, lock, stop }: { readonly log: string; readonly lock: Lock; readonly stop: AbortSignal },
): Promise<Ended> {
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", output, output, lock.fd],
    detached: true,
    env: { ...process.env, [drivenVariable]: "1" },
  });
  closeSync(output);
  if (child.pid !== undefined) lock.name(child.pid);
  let asked = false;
  const ask = (): void => {
    child.kill(asked ? "SIGKILL" : "SIGINT");
    asked = true;
  };
  stop.addEventListener("abort", ask, { once: true });
  alive.add(ask);
  if (alive.size === 1) process.once("exit", askAll);
  if (stop.aborted) ask();
  try {
    return await new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (exit, signal) => resolve({ exit, signal }));
    });
  } finally {
    stop.removeEventListener("abort", ask);
    alive.delete(ask);
    if (alive.size === 0) process.off("exit", askAll);
    lock.name(process.pid);
  }
}

/** Of the children that there are. */
const alive = new Set<() => void>();

function askAll(): void {
  for (const ask of alive) ask();
}
