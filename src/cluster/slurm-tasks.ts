// The processes of a job step by the variables that srun sets.
import { UserError } from "../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Ports are the job's: of no use to two jobs at once but by chance. */
const [firstPort, portsOfJob, ports] = [10_000, 64, 20_000];

/**
 * Slurm deals tasks to nodes in blocks unless it is told otherwise, which is refused. Throws UserError("usage") outside of a step, and where
 * the variables contradict each other.
 */
export function slurmTasks(environment: Environment): { tasks: string[]; index: number } {
  const read = (...names: string[]): string => {
    const name = names.find((name) => environment[name]);
    if (name !== undefined) return environment[name]!;
    throw new UserError("usage", `--workers slurm: ${names[0]} is not set`, {
      hint: "srun sets it for each of its processes: srun --ntasks 4 inception train ... --workers slurm",
    });
  };
  const index = Number(read("SLURM_PROCID"));
  const nodes = expandNodes(read("SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST"));
  const counts = expandCounts(read("SLURM_STEP_TASKS_PER_NODE", "SLURM_TASKS_PER_NODE"));
  const job = Number(read("SLURM_JOB_ID")) + Number(environment.SLURM_STEP_ID ?? 0);
  const base = firstPort + ((job * portsOfJob) % ports);
  const tasks = nodes.flatMap((node, i) =>
    Array.from({ length: counts[i] ?? 0 }, (_, local) => `${node}:${base + local}`),
  );
  const told = Number(read("SLURM_NTASKS", "SLURM_STEP_NUM_TASKS"));
  const node = environment.SLURMD_NODENAME;
  const isHere = node === undefined || tasks[index]?.startsWith(`${node}:`) === true;
  if (tasks.length === told && isHere && counts.every((count) => count <= portsOfJob)) return { tasks, index };
  throw new UserError(
    "usage",
    `--workers slurm: expected ${told} tasks in blocks of at most ${portsOfJob} on ${nodes.length} nodes, task ${index} on ${node ?? "one of them"}`,
    {
      hint: "srun's --distribution=block deals them so; or name the addresses: --workers a:2222,b:2222 --task $SLURM_PROCID",
    },
  );
}

/** `n[1-3,07],gpu5` as n1, n2, n3, n07, gpu5. */
export const expandNodes = (list: string): string[] =>
  (list.match(/[^,[\]]+(?:\[[^\]]*\][^,[\]]*)*/g) ?? []).flatMap((part) => expandPart(part));

function expandPart(part: string): string[] {
  const [, before, ranges, after] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(part) ?? [];
  if (ranges === undefined) return [part];
  const numbers = ranges.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-") as [string, string?];
    const count = Number(last) - Number(first) + 1;
    return Array.from({ length: count }, (_, i) => `${Number(first) + i}`.padStart(first.length, "0"));
  });
  return numbers.flatMap((number) => expandPart(`${before}${number}${after}`));
}

/** `2(x3),1` as 2, 2, 2, 1. */
export const expandCounts = (list: string): number[] =>
  list.split(",").flatMap((part) => {
    const [, count, times = "1"] = /^(\d+)(?:\(x(\d+)\))?$/.exec(part) ?? [];
    return Array.from({ length: Number(times) }, () => Number(count));
  });
