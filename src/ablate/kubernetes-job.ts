// An ablation as an indexed Job of Kubernetes.
import { relative, resolve } from "node:path";
import { stringify } from "yaml";
import { exitCodes } from "../errors.ts";
import { type CellEngine, indexedCommand, jobName } from "./cell-command.ts";
import type { Cell, Plan } from "./plan.ts";

export interface KubernetesOptions extends CellEngine {
  /** One in which `inception` is on PATH and set up. */
  readonly image: string;
  /** The claim of the volume that holds this directory, with the folder and the data. */
  readonly claim: string;
  readonly cpus?: number | undefined;
  /** Pods at a time. */
  readonly jobs?: number | undefined;
}

/**
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/: a pod that is taken away does not count as a failure, and an index that
 * `inception` has given up is not tried again. Needs limits by index (`backoffLimitPerIndex`).
 */
export function kubernetesJob(
  { plan, folder }: { plan: Pick<Plan, "name">; folder: string },
  cells: readonly Pick<Cell, "id">[],
  { image, claim, cpus, jobs, ...engine }: KubernetesOptions,
): string {
  const command = indexedCommand(cells, {
    index: '"$JOB_COMPLETION_INDEX"',
    start: ["inception"],
    folder: relative("", resolve(folder)) || ".",
    engine,
  });
  const cpu = { cpu: `${cpus ?? engine.threads}` };
  const container = {
    name: "cell",
    image,
    workingDir: process.cwd(),
    command: ["/bin/sh", "-c", command],
    resources: { requests: cpu, limits: cpu },
    volumeMounts: [{ name: "work", mountPath: process.cwd() }],
  };
  return stringify(
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: jobName(plan, folder) },
      spec: {
        completionMode: "Indexed",
        completions: cells.length,
        parallelism: jobs ?? cells.length,
        backoffLimitPerIndex: 5,
        podFailurePolicy: {
          rules: [
            { action: "FailIndex", onExitCodes: { operator: "In", values: [exitCodes.usage, exitCodes.checkFailed] } },
            { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] },
          ],
        },
        template: {
          spec: {
            restartPolicy: "Never",
            terminationGracePeriodSeconds: 120,
            containers: [container],
            volumes: [{ name: "work", persistentVolumeClaim: { claimName: claim } }],
          },
        },
      },
    },
    { lineWidth: 0 },
  );
}
