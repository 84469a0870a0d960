// How many threads, and that TensorFlow makes no more of them.
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { threads, threadsVariable } from "../../src/runtime/threads.ts";
import { needs } from "../needs.ts";

test("are one for each core unless the environment says another number", () => {
  const before = process.env[threadsVariable];
  delete process.env[threadsVariable];
  expect(threads()).toBe(availableParallelism());
  process.env[threadsVariable] = "7";
  expect(threads()).toBe(7);
  process.env[threadsVariable] = "many";
  expect(threads).toThrow(expect.objectContaining({ reason: "usage", message: expect.stringContaining('got "many"') }));
  delete process.env[threadsVariable];
  if (before !== undefined) process.env[threadsVariable] = before;
});

test.each(["0", "-1", "1.5", "1e2", " 2", "10000"])("%j is no number of threads", (text) => {
  const before = process.env[threadsVariable];
  process.env[threadsVariable] = text;
  expect(threads).toThrow(/^INCEPTION_THREADS: expected a whole number from 1 to 9999, got/);
  delete process.env[threadsVariable];
  if (before !== undefined) process.env[threadsVariable] = before;
});

/** All threads of a process of its own after the first run of a program. */
const threadsOf = (wish: number): number =>
  Number(
    execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      env: { ...process.env, [threadsVariable]: `${wish}` },
      encoding: "utf8",
    }),
  );
const built = (file: string): string => JSON.stringify(new URL(`../../dist/${file}`, import.meta.url).href);
const script = `
  import { readdirSync } from "node:fs";
  const { Graph } = await import(${built("graph/graph.js")});
  const op = await import(${built("graph/operations.js")});
  const { savedModel } = await import(${built("graph/saved-model.js")});
  const { openSession } = await import(${built("runtime/session.js")});
  const graph = new Graph();
  const square = op.filled(graph, [512, 512], 1);
  op.identity(graph, op.halfSquares(graph, op.matMul(graph, square, square)), "done");
  const session = openSession(savedModel(graph));
  session.run({}, ["done"]);
  process.stdout.write(String(readdirSync("/proc/self/task").length));
`;

test("are those that TensorFlow starts, for each of its pools", needs("linux"), () => {
  const more = threadsOf(9) - threadsOf(1);
  expect(more).toBeGreaterThan(0);
  expect(more % 8).toBe(0);
});
