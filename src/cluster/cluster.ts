// Who is who among the processes of one training.
import { UserError } from "../errors.ts";
import { slurmTasks } from "./slurm-tasks.ts";

/** The first process is the chief: it alone writes. */
export interface Cluster {
  /** host:port of every process, in order. */
  readonly tasks: readonly string[];
  /** This process's number among them. */
  readonly index: number;
}

export type Here = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names and addresses of this machine. */
  readonly names: readonly string[];
};

/** Words in the place of addresses. */
export const launchers = ["slurm", "tf-config"] as const;
const byLauncher = { slurm: slurmTasks, "tf-config": tfConfigTasks } as const;

/**
 * From addresses, as in `a:2222,b:2222`, with this process's number where its machine does not tell; or from the variables of the launcher
 * named. Throws UserError("usage").
 */
export function clusterOf(workers: string, task: number | undefined, { environment, names }: Here): Cluster {
  const launcher = launchers.find((word) => word === workers);
  if (launcher !== undefined && task !== undefined)
    throw new UserError("usage", `--task: ${launcher} says which process this is, so it cannot be given`);
  const { tasks, index } = launcher ? byLauncher[launcher](environment) : named(workers, task, names);
  for (const address of tasks) requireAddress(address);
  const twice = tasks.find((address, i) => tasks.indexOf(address) !== i);
  if (twice !== undefined)
    throw new UserError("usage", `--workers: expected an address for each process, got ${twice} twice`);
  if (tasks.length < 2) throw new UserError("usage", `--workers: expected two addresses or more, got ${tasks.length}`);
  return { tasks, index };
}

function named(workers: string, task: number | undefined, names: readonly string[]): Cluster {
  const tasks = workers.split(",");
  if (task !== undefined) {
    if (task < tasks.length) return { tasks, index: task };
    throw new UserError("usage", `--task: expected a number from 0 to ${tasks.length - 1}, got ${task}`);
  }
  const own = tasks.flatMap((address, index) => (names.includes(hostOf(address)) ? [index] : []));
  if (own.length === 1) return { tasks, index: own[0]! };
  const found = own.length === 0 ? "none of its names and addresses" : `${own.length} of its own`;
  throw new UserError("usage", `--workers: which process is this? This machine finds ${found} among them`, {
    hint: `say its number: --task 0, up to ${tasks.length - 1}`,
  });
}

/** As Kubeflow and Vertex AI set it: jobs with addresses, the chief first, and which one this process is. */
function tfConfigTasks(environment: Here["environment"]): Cluster {
  const wrong = (what: string) => new UserError("usage", `TF_CONFIG: ${what}`);
  const text = environment.TF_CONFIG;
  if (!text) throw wrong("expected the cluster as JSON, got nothing");
  const { cluster, task } = parsed(text, wrong);
  const others = Object.keys(cluster).filter((job) => !jobs.includes(job) && cluster[job]!.length > 0);
  if (others.length > 0) throw wrong(`expected the jobs ${jobs.join(" and ")}, got ${others.join(", ")}`);
  const all = jobs.flatMap((job) => (cluster[job] ?? []).map((address, index) => ({ job, address, index })));
  const index = all.findIndex((one) => one.job === task.type && one.index === task.index);
  if (index < 0) throw wrong(`${task.type} ${task.index} is none of its cluster's processes`);
  return { tasks: all.map(({ address }) => address), index };
}

const jobs = ["chief", "master", "worker"];
type TfConfig = {
  readonly cluster: Readonly<Record<string, readonly string[]>>;
  readonly task: { readonly type: string; readonly index: number };
};

function parsed(text: string, wrong: (what: string) => UserError): TfConfig {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw wrong("it is no JSON");
  }
  const { cluster, task } = (found ?? {}) as { cluster?: unknown; task?: { type?: unknown; index?: unknown } };
  const addresses = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === "string");
  if (typeof cluster !== "object" || cluster === null || !Object.values(cluster).every(addresses))
    throw wrong('expected "cluster" with lists of addresses');
  const index = Number(task?.index);
  if (typeof task?.type !== "string" || !Number.isInteger(index))
    throw wrong('expected "task" with "type" and "index"');
  return { cluster: cluster as TfConfig["cluster"], task: { type: task.type, index } };
}

export const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(":"));

function requireAddress(address: string): void {
  const [, port] = /^[A-Za-z0-9._-]+:(\d{1,5})$/.exec(address) ?? [];
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65535) return;
  throw new UserError(
    "usage",
    `--workers: expected ${launchers.join(", ")} or addresses such as a:2222,b:2222, got ${JSON.stringify(address)}`,
    { hint: "a host's name or IPv4 address, and a port from 1 to 65535" },
  );
}
