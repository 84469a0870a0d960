// Steps that processes take together: here in one process, each with a server and an engine of its own.
import { afterAll, describe, expect, test } from "vitest";
import type { CheckpointFiles } from "../../src/checkpoint/store.ts";
import { startServer } from "../../src/runtime/server.ts";
import type { Start } from "../../src/train/start.ts";
import { requireShared, splitOver, type Together } from "../../src/train/together.ts";
import { type StepOptions, startStep, type Trainer } from "../../src/train/trainer.ts";
import { freeAddresses } from "../cluster/free-ports.ts";
import { batchOf, bits, network, tiny } from "./support.ts";

const rates = { learningRate: 0.01, averageRate: 0.2, statisticsRate: 0.3, update: 1 };
const seed = (number: number): Start => ({ from: "seed", seed: [number, 2] });
const options = (...sets: string[]): StepOptions => ({
  ...tiny("train.batch=8", "train.microBatch=2", ...sets),
  precision: "float32",
});
const opened: Trainer[] = [];
afterAll(() => Promise.all(opened.map((trainer) => trainer.close())));

async function start(given: StepOptions, from: Start): Promise<Trainer> {
  const trainer = await startStep(network, given);
  opened.push(trainer);
  await trainer.begin(from);
  return trainer;
}

const lost = new Promise<never>(() => {});
type Member = Together & { readonly stopper: AbortController; readonly asking: AbortController };

async function members(count: number, wire: Together["wire"]): Promise<Member[]> {
  const tasks = await freeAddresses(count);
  return tasks.map((_, index) => {
    const { isClosed, ...place } = startServer({ tasks, index, admitted: ["127.0.0.1"] });
    const [stopper, asking] = [new AbortController(), new AbortController()];
    const stop = () => stopper.abort();
    const nothing = () => lost;
    const signals = { asked: asking.signal, stopped: stopper.signal, stopper, asking, stop };
    return { tasks, index, place, isClosed, wire, ...signals, gather: nothing, lost, leave: nothing };
  });
}

/** All micro-batches of a step, of 2 pictures each. */
const whole = (step: number) => [0, 1, 2, 3].map((i) => batchOf(10 * step + i, 2));

function furthest(a: CheckpointFiles, b: CheckpointFiles): number {
  let found = 0;
  for (const part of ["weights", "average", "optimizer"] as const)
    for (const [name, { data }] of a[part]!)
      for (const [i, value] of (data as Float32Array).entries())
        found = Math.max(found, Math.abs(value - (b[part]!.get(name)!.data as Float32Array)[i]!));
  return found;
}

test("four processes take fifty steps as one with their micro-batches does", async () => {
  const momentum = options("train.optimizer={name: momentum, momentum: 0.9}");
  const alone = await start(momentum, seed(1));
  const all = await members(4, "float32");
  const trainers = await Promise.all(all.map((together) => start({ ...momentum, together }, seed(1))));
  let [furthestLoss, first, last] = [0, 0, 0];
  for (let step = 0; step < 50; step++) {
    const { loss } = await alone.step(whole(step % 5), rates);
    const found = await Promise.all(trainers.map((trainer, i) => trainer.step([whole(step % 5)[i]!], rates)));
    furthestLoss = Math.max(furthestLoss, ...found.map((figures) => Math.abs(figures.loss - loss)));
    [first, last] = [step === 0 ? loss : first, loss];
  }
  expect(last).toBeLessThan(0.9 * first);
  expect(furthestLoss).toBeLessThan(1e-5);
  expect(furthest(await alone.save(), await trainers[3]!.save())).toBeLessThan(1e-5);
});

describe("two processes", () => {
  test.each([
    ["float32", 1e-5],
    ["bfloat16", 3e-2],
  ] as const)("take the steps of one with their micro-batches, gradients as %s", async (wire, limit) => {
    const weightOfClass = [1, 2, 0.5];
    const alone = await start({ ...options(), weightOfClass }, seed(1));
    const both = await members(2, wire);
    // The second one gets the first one's state.
    const trainers = await Promise.all(
      both.map((together, i) => start({ ...options(), weightOfClass, together }, seed(1 + i))),
    );
    await Promise.all(trainers.map((trainer) => trainer.synchronize!()));
    for (let step = 0; step < 3; step++) {
      const expected = await alone.step(whole(step), rates);
      const found = await Promise.all(
        trainers.map((trainer, i) => trainer.step(whole(step).slice(2 * i, 2 * i + 2), rates)),
      );
      expect(found[0]).toEqual(found[1]);
      for (const [name, value] of Object.entries(expected))
        expect(found[0]![name as keyof typeof expected], name).toBeCloseTo(value, wire === "float32" ? 4 : 1);
    }
    const [expected, ...found] = await Promise.all([alone, ...trainers].map((trainer) => trainer.save()));
    expect(furthest(found[0]!, found[1]!)).toBe(0);
    expect(furthest(expected!, found[0]!)).toBeLessThan(limit);
    if (wire === "bfloat16") expect(furthest(expected!, found[0]!)).toBeGreaterThan(1e-6);
  });

  test("stop together, whichever is asked, and change nothing in a step that is not finite", async () => {
    const both = await members(2, "float32");
    const trainers = await Promise.all(both.map((together) => start({ ...options(), together }, seed(1))));
    const step = (learningRate: number) =>
      Promise.all(
        trainers.map((trainer, i) => trainer.step(whole(0).slice(2 * i, 2 * i + 2), { ...rates, learningRate })),
      );
    await step(Number.POSITIVE_INFINITY);
    const [broken] = await step(0.01);
    expect(Number.isFinite(broken!.loss)).toBe(false);
    const after = bits(await trainers[0]!.save());
    await step(0.01);
    expect(bits(await trainers[0]!.save())).toEqual(after);
    expect(both.map(({ stopped }) => stopped.aborted)).toEqual([false, false]);
    both[1]!.asking.abort();
    await step(0.01);
    expect(both.map(({ stopped }) => stopped.aborted)).toEqual([true, true]);
  });
});

describe("a batch is shared", () => {
  test("in micro-batches that a new run writes down", () => {
    const { train } = splitOver(tiny("train.batch=8"), 4);
    expect(train.microBatch).toBe(2);
    expect(splitOver(tiny("train.batch=8", "train.microBatch=1"), 4).train.microBatch).toBe(1);
  });

  test.each([
    [["train.batch=8", "train.microBatch=4"], 4, "4 processes cannot share a batch of 8 in micro-batches of 4"],
    [["train.batch=8"], 3, "3 processes cannot share a batch of 8 in micro-batches of 8"],
    [["train.batch=8", "train.microBatch=1", "train.onDivergence.name=rollback"], 2, "cannot roll back"],
    [["train.batch=8", "train.microBatch=1", "train.freeze=before:Mixed_6a"], 2, "train.freeze"],
  ])("%j over %i is refused", (sets, processes, message) => {
    expect(() => requireShared(tiny(...sets), processes)).toThrow(message);
  });

  test("evenly", () => {
    expect(() => requireShared(tiny("train.batch=8", "train.microBatch=2"), 4)).not.toThrow();
  });
});
