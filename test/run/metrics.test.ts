// Metrics: nothing lost, nothing doubled, torn lines ignored.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type MetricsLine, openMetrics, readMetrics } from "../../src/run/metrics.ts";
import { runPaths } from "../../src/run/paths.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-metrics-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const train = (step: number): MetricsLine => ({ kind: "train", step, loss: 1 / step });
const validation = (step: number): MetricsLine => ({ kind: "validation", step, raw: { top1: 0.5 }, note: 'a, "b"' });
const steps = () => readMetrics(runPaths(folder).metrics).lines.map(({ kind, step }) => `${kind} ${step}`);

test("going on from a checkpoint cuts off what came after it", () => {
  const paths = runPaths(folder);
  const first = openMetrics(paths);
  for (const step of [1, 2]) first.append(train(step));
  first.append(validation(2));
  first.sync();
  for (const step of [3, 4]) first.append(train(step));
  first.close();
  appendFileSync(paths.metrics, '{"kind":"train","st');
  expect(readMetrics(paths.metrics).torn).toBe(1);
  const second = openMetrics(paths, 2);
  expect(steps()).toEqual(["train 1", "train 2", "validation 2"]);
  second.append(train(3));
  second.close();
  expect(steps()).toEqual(["train 1", "train 2", "validation 2", "train 3"]);
});

test("at every length to which a crash may cut the file, no step is doubled or half there", () => {
  const paths = runPaths(folder);
  const log = openMetrics(paths);
  for (const step of [1, 2, 3]) log.append({ ...train(step), word: "é" });
  log.close();
  const whole = readFileSync(paths.metrics);
  for (let length = 0; length <= whole.length; length += 1) {
    rmSync(paths.metrics);
    appendFileSync(paths.metrics, whole.subarray(0, length));
    const kept = readMetrics(paths.metrics).lines.length;
    const again = openMetrics(paths, 2);
    again.append(train(9));
    again.close();
    const expected = [...["train 1", "train 2"].slice(0, kept), "train 9"];
    expect(steps()).toEqual(expected);
    expect(readMetrics(paths.metrics).torn).toBe(0);
  }
});

test("a new run starts empty, and the table holds the validations", () => {
  const paths = runPaths(folder);
  const log = openMetrics(paths);
  log.append(train(1));
  log.append(validation(1));
  log.append({ kind: "validation", step: 2, raw: { top1: 0.75 }, average: { top1: 0.8 } });
  log.sync();
  log.close();
  expect(readFileSync(paths.table, "utf8")).toBe('step,raw.top1,note,average.top1\n1,0.5,"a, ""b""",\n2,0.75,,0.8\n');
  openMetrics(paths).close();
  expect(steps()).toEqual([]);
});

test("numbers that JSON does not know stay legible", () => {
  const paths = runPaths(folder);
  const log = openMetrics(paths);
  log.append({ kind: "train", step: 1, loss: Number.NaN, gradientNorm: Number.POSITIVE_INFINITY });
  log.close();
  expect(readMetrics(paths.metrics).lines).toEqual([{ kind: "train", step: 1, loss: "NaN", gradientNorm: "Infinity" }]);
});
