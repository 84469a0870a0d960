// `--workers`: the processes that train together, and what this one says of it.
import { hostname, networkInterfaces } from "node:os";
import { type Cluster, clusterOf } from "../cluster/cluster.ts";
import { join, type Peers } from "../cluster/peers.ts";
import { exitCodes, UserError } from "../errors.ts";
import { endProcess } from "../system.ts";
import { follow } from "../train/follow.ts";
import { packageVersion } from "../version.ts";
import { endAfterExit } from "./ending.ts";
import { labelled, note, warn } from "./print.ts";

export type ProcessOptions = { readonly workers?: string; readonly task?: number };

/** By the options, the environment and this machine's names; undefined where one process trains alone. */
export function clusterAsked({ workers, task }: ProcessOptions): Cluster | undefined {
  if (workers === undefined && task === undefined) return undefined;
  if (workers === undefined) throw new UserError("usage", "--task: it is a number among the addresses of --workers");
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const names = [hostname(), hostname().split(".", 1)[0]!, "localhost", ...addresses];
  return clusterOf(workers, task, { environment: process.env, names });
}

/** Waits for all. Throws UserError("usage") where another release runs elsewhere. */
export async function joinProcesses(cluster: Cluster, asked: AbortSignal): Promise<Peers> {
  const { tasks, index } = cluster;
  note(labelled("processes", `${tasks.length}, this is ${index} at ${tasks[index]}: waiting for the others ...`));
  endAfterExit(endProcess);
  const peers = await join(cluster, asked);
  if (!peers.isClosed)
    warn({
      message: `port ${tasks[index]!.split(":").at(-1)} is open to all who reach this machine: close it by a firewall`,
    });
  const versions = await peers.gather(packageVersion());
  const other = versions.findIndex((version) => version !== versions[0]);
  if (other > 0)
    throw new UserError(
      "usage",
      `process ${other} is inception ${versions[other]}, the chief ${versions[0]}: they have to be the same`,
    );
  return peers;
}

/** Trains with the chief, and sets the exit code. */
export async function followChief(peers: Peers): Promise<void> {
  const { tasks, index } = peers;
  const following = follow({
    peers,
    onStart: ({ name }, { step }) => note(labelled("run", `${name} of the chief at ${tasks[0]}, from step ${step}`)),
    onBad: ({ name, reason }) => note(`left out: ${name}: ${reason}`),
  });
  const { step } = await Promise.race([following, peers.lost]);
  await peers.leave();
  process.exitCode = peers.stopped.aborted ? exitCodes.stopped : exitCodes.done;
  note(`process ${index}: ${peers.stopped.aborted ? "stopped" : "done"} after step ${step}`);
}
