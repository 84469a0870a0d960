// Metrics: nothing lost, nothing doubled, torn lines ignored.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLines } from "../../src/run/lines.ts";
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
  const second = openMetrics(paths, { step: 2, validated: 2 });
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
    const again = openMetrics(paths, { step: 2, validated: 0 });
    again.append(train(9));
    again.close();
    const expected = [...["train 1", "train 2"].slice(0, kept), "train 9"];
    expect(steps()).toEqual(expected);
    expect(readFileSync(paths.metrics, "utf8").match(/\n/g)).toHaveLength(expected.length);
  }
});

test("the validation of a step that was saved before it is cut off, as it is made up for", () => {
  const paths = runPaths(folder);
  const first = openMetrics(paths);
  for (const line of [train(1), validation(1), train(2), validation(2)]) first.append(line);
  first.close();
  const second = openMetrics(paths, { step: 2, validated: 1 });
  expect(steps()).toEqual(["train 1", "validation 1", "train 2"]);
  second.append(validation(2));
  second.sync();
  second.close();
  expect(steps()).toEqual(["train 1", "validation 1", "train 2", "validation 2"]);
  expect(readFileSync(paths.table, "utf8").trim().split("\n")).toHaveLength(3);
});

test("lines are read in pieces, wherever these end", () => {
  const file = join(folder, "lines");
  const texts = ["", "a", "é€", "", "a longer line than a piece", "torn é"];
  appendFileSync(file, texts.join("\n"));
  for (let piece = 1; piece <= 40; piece++) {
    const lines = [...readLines(file, piece)];
    expect(lines.map(({ text }) => text)).toEqual(texts);
    expect(lines.map(({ whole }) => whole)).toEqual(texts.map((_, i) => i < texts.length - 1));
    expect(lines.map(({ end }) => end)).toEqual(
      texts.map((_, i) => Buffer.byteLength(texts.slice(0, i + 1).join("\n")) + Number(i < texts.length - 1)),
    );
  }
  expect([...readLines(join(folder, "nowhere"))]).toEqual([]);
});

test("of a log that is larger than a string may be only its validations are held", { timeout: 60_000 }, () => {
  const paths = runPaths(folder);
  const log = openMetrics(paths);
  log.append(train(1));
  log.append(validation(1));
  log.close();
  // A hole in the file reads as zeros: one line of 600 MB that is none, and a good one behind it.
  const size = statSync(paths.metrics).size;
  truncateSync(paths.metrics, size + 600_000_000);
  appendFileSync(paths.metrics, `\n${JSON.stringify(train(2))}\n`);
  openMetrics(paths, { step: 1, validated: 1 }).close();
  expect(steps()).toEqual(["train 1", "validation 1"]);
});

test("a new run starts empty, and the table holds the validations", () => {
  const paths = runPaths(folder);
  const log = openMetrics(paths);
  log.append(train(1));
  log.append(validation(1));
  log.append({ kind: "validation", step: 2, raw: { top1: 0.75 }, average: { top1: 0.8 } });
  log.sync();
  log.close();
  expect(readFileSync(paths.table, "utf8")).toBe(
    'step,raw.top1,note,trainingLoss,average.top1\n1,0.5,"a, ""b""",1,\n2,0.75,,,0.8\n',
  );
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

test("a row of the table has the mean loss of training since the row before, also where a run goes on between the two", () => {
  const paths = runPaths(folder);
  const first = openMetrics(paths);
  for (const line of [train(1), train(2), validation(2), { ...train(3), loss: Number.NaN }, train(4)])
    first.append(line);
  first.close();
  const second = openMetrics(paths, { step: 4, validated: 2 });
  for (const line of [train(5), validation(5), validation(6)]) second.append(line);
  second.sync();
  second.close();
  const [header, ...rows] = readFileSync(paths.table, "utf8").trim().split("\n");
  const column = header!.split(",").indexOf("trainingLoss");
  expect(rows.map((row) => row.split(",").at(column - header!.split(",").length))).toEqual(["0.75", "0.225", ""]);
});
