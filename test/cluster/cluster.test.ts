// Who is who: by addresses, by TF_CONFIG, and by Slurm's variables.
import { describe, expect, test } from "vitest";
import { clusterOf } from "../../src/cluster/cluster.ts";

const here = (environment: Record<string, string> = {}, names = ["b", "10.0.0.2"]) => ({ environment, names });

describe("addresses", () => {
  test("the machine's own name says which process this is", () => {
    expect(clusterOf("a:2222,b:2222,c:2222", undefined, here())).toEqual({
      tasks: ["a:2222", "b:2222", "c:2222"],
      index: 1,
    });
    expect(clusterOf("10.0.0.1:1,10.0.0.2:1", undefined, here()).index).toBe(1);
  });

  test("--task does where it cannot", () => {
    expect(clusterOf("b:1,b:2", 1, here())).toEqual({ tasks: ["b:1", "b:2"], index: 1 });
  });

  test.each([
    ["a:1,c:1", undefined, "finds none of its names and addresses among them"],
    ["b:1,b:2", undefined, "finds 2 of its own among them"],
    ["a:1,b:1", 2, "--task: expected a number from 0 to 1, got 2"],
    ["b:1", 0, "expected two addresses or more, got 1"],
    ["b:1,b:1", 0, "expected an address for each process, got b:1 twice"],
    ["a:1,b", 0, 'got "b"'],
    ["a:0,b:1", 0, 'got "a:0"'],
    ["a:1,b:65536", 0, 'got "b:65536"'],
    ["a:1,[::1]:2", 0, 'got "[::1]:2"'],
    ["slurm", 1, "--task: slurm says which process this is"],
  ] as const)("%s --task %s", (workers, task, message) => {
    expect(() => clusterOf(workers, task, here())).toThrow(message);
  });
});

describe("TF_CONFIG", () => {
  const of = (value: unknown) => clusterOf("tf-config", undefined, here({ TF_CONFIG: JSON.stringify(value) }));
  const cluster = { chief: ["c:1"], worker: ["w0:1", "w1:1"], ps: [] };

  test("the chief is the first, workers follow", () => {
    const tasks = ["c:1", "w0:1", "w1:1"];
    expect(of({ cluster, task: { type: "chief", index: 0 } })).toEqual({ tasks, index: 0 });
    expect(of({ cluster, task: { type: "worker", index: "1" } })).toEqual({ tasks, index: 2 });
  });

  test("without a chief the first worker is it", () => {
    const { worker } = cluster;
    expect(of({ cluster: { worker }, task: { type: "worker", index: 0 } })).toEqual({ tasks: worker, index: 0 });
  });

  test.each([
    [{ cluster: { ...cluster, ps: ["p:1"] }, task: { type: "worker", index: 0 } }, "got ps"],
    [{ cluster, task: { type: "worker", index: 2 } }, "worker 2 is none of its cluster's processes"],
    [{ cluster, task: { type: "worker" } }, 'expected "task"'],
    [{ task: { type: "worker", index: 0 } }, 'expected "cluster"'],
    [{ cluster: { worker: "w:1" }, task: { type: "worker", index: 0 } }, 'expected "cluster"'],
    [null, 'expected "cluster"'],
  ])("%j", (value, message) => {
    expect(() => of(value)).toThrow(message);
  });

  test("nothing, and no JSON", () => {
    expect(() => clusterOf("tf-config", undefined, here())).toThrow("expected the cluster as JSON, got nothing");
    expect(() => clusterOf("tf-config", undefined, here({ TF_CONFIG: "{" }))).toThrow("it is no JSON");
  });
});
