// The processes of a job step by srun's variables.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expandCounts, expandNodes, slurmTasks } from "../../src/cluster/slurm-tasks.ts";

test.each([
  ["n1", ["n1"]],
  ["n[1-3,07-09],gpu5", ["n1", "n2", "n3", "n07", "n08", "n09", "gpu5"]],
  ["rack[1-2]n[3,5]", ["rack1n3", "rack1n5", "rack2n3", "rack2n5"]],
  ["a-1,b[098-101]x", ["a-1", "b098x", "b099x", "b100x", "b101x"]],
])("nodes %s", (list, nodes) => {
  expect(expandNodes(list)).toEqual(nodes);
});

test("counts are those that were folded", () => {
  const run = fc.record({ count: fc.integer({ min: 1, max: 64 }), times: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(run, { minLength: 1 }), (runs) => {
      const text = runs.map(({ count, times }) => (times === 1 ? `${count}` : `${count}(x${times})`)).join(",");
      expect(expandCounts(text)).toEqual(runs.flatMap(({ count, times }) => Array(times).fill(count)));
    }),
  );
});

describe("a step", () => {
  const step = {
    SLURM_PROCID: "3",
    SLURM_NTASKS: "5",
    SLURM_JOB_ID: "700",
    SLURM_STEP_ID: "0",
    SLURM_STEP_NODELIST: "n[1-3]",
    SLURM_STEP_TASKS_PER_NODE: "2(x2),1",
    SLURMD_NODENAME: "n2",
  };

  test("has a port for each task of a node", () => {
    const port = 10_000 + ((700 * 64) % 20_000);
    expect(slurmTasks(step)).toEqual({
      tasks: [`n1:${port}`, `n1:${port + 1}`, `n2:${port}`, `n2:${port + 1}`, `n3:${port}`],
      index: 3,
    });
  });

  test.each([
    [{ SLURM_PROCID: undefined }, "SLURM_PROCID is not set"],
    [{ SLURM_NTASKS: "4" }, "expected 4 tasks"],
    [{ SLURMD_NODENAME: "n1" }, "task 3 on n1"],
  ])("%j is refused", (change, message) => {
    expect(() => slurmTasks({ ...step, ...change })).toThrow(message);
  });
});
