// A trainer's state: what it begins from, what it saves, and what frozen layers keep.
import { afterAll, describe, expect, test } from "vitest";
import type { CheckpointFiles, CheckpointState } from "../../src/checkpoint/store.ts";
import type { NamedTensors } from "../../src/graph/state.ts";
import type { Start } from "../../src/train/start.ts";
import type { MicroBatch, Trainer } from "../../src/train/trainer.ts";
import { startTrainer } from "../../src/train/trunk.ts";
import { batchOf, bits, network, tiny, weightsOf } from "./support.ts";

const rates = { learningRate: 0.1, averageRate: 0.2, statisticsRate: 0.1, update: 1 };
const opened: Trainer[] = [];
afterAll(() => Promise.all(opened.map((trainer) => trainer.close())));

type Options = { sets?: string[]; frozen?: string[]; weightOfClass?: number[]; mixed?: boolean };
async function trainer(start: Start, { sets = [], frozen = [], ...options }: Options = {}): Promise<Trainer> {
  const started = await startTrainer(network, {
    ...tiny(...sets),
    ...options,
    precision: "float32",
    frozen,
  });
  opened.push(started);
  await started.begin(start);
  return started;
}
const seed: Start = { from: "seed", seed: [1, 2] };
const checkpoint = (files: CheckpointFiles): Start => ({
  from: "checkpoint",
  checkpoint: { step: 0, files, state: {} as CheckpointState },
});
const weights = (files: CheckpointFiles): Start => ({ from: "weights", weights: weightsOf(files) });

async function steps(of: Trainer, from: number, to: number) {
  const figures = [];
  for (let at = from; at < to; at++) figures.push(await of.step([batchOf(at)], rates));
  return figures;
}
/** The state after two steps. */
async function worn(options?: { sets?: string[]; frozen?: string[] }): Promise<CheckpointFiles> {
  const some = await trainer(seed, options);
  await steps(some, 0, 2);
  return some.save();
}

describe("a start from the seed", () => {
  test("is a function of it", async () => {
    const [one, same, other] = await Promise.all([
      trainer(seed),
      trainer(seed),
      trainer({ from: "seed", seed: [1, 3] }),
    ]);
    const first = bits(await one.save());
    expect(bits(await same.save())).toEqual(first);
    expect(bits(await other.save())).not.toEqual(first);
  });
});

describe("a start from a checkpoint", () => {
  test.each([
    { what: "RMSProp and averages", sets: [] },
    { what: "momentum without averages", sets: ["train.averageDecay=null", "train.optimizer={name: momentum}"] },
  ])("goes on as if nothing had happened, to the bit: $what", async ({ sets }) => {
    const whole = await trainer(seed, { sets });
    const figures = await steps(whole, 0, 4);
    const stopped = await trainer(seed, { sets });
    await steps(stopped, 0, 2);
    const resumed = await trainer(checkpoint(await stopped.save()), { sets });
    expect(await steps(resumed, 2, 4)).toEqual(figures.slice(2));
    expect(bits(await resumed.save())).toEqual(bits(await whole.save()));
  });
});

test("the micro-batches of a step move batch norm's statistics as one whole batch does", async () => {
  const half = batchOf(0, 2);
  const still = { ...rates, learningRate: 0 };
  const statistics = async (sets: string[], microBatches: MicroBatch[]): Promise<[string, Float32Array][]> => {
    const some = await trainer(seed, { sets });
    await some.step(microBatches, still);
    return [...weightsOf(await some.save())]
      .filter(([name]) => name.includes("moving"))
      .map(([name, { data }]) => [name, data]);
  };
  const once = await statistics(["train.batch=2"], [half]);
  const twice = new Map(await statistics(["train.microBatch=2"], [half, half]));
  expect(once.length).toBe(4);
  for (const [name, data] of once)
    for (const [i, value] of data.entries()) expect(twice.get(name)![i], name).toBeCloseTo(value, 5);
});

test("micro-batches count by the weights of their pictures' classes, of both where they are mixed", async () => {
  const weightOfClass = [4, 1, 0.25];
  const mixed = (second: number[], shares: number[]) => ({
    mixed: { second: Int32Array.from(second), shares: Float32Array.from(shares) },
  });
  const one = { ...batchOf(0, 2), labels: Int32Array.of(0, 1), ...mixed([1, 1], [0.75, 1]) };
  const other = { ...batchOf(1, 2), labels: Int32Array.of(2, -1), ...mixed([0, -1], [0.5, 1]) };
  const counts = [0.75 * 4 + 0.25 + 1, 0.5 * 0.25 + 0.5 * 4];
  const still = { ...rates, learningRate: 0, statisticsRate: 0 };
  const options = { weightOfClass, mixed: true };
  const alone = await trainer(seed, { ...options, sets: ["train.batch=2"] });
  const losses = [(await alone.step([one], still)).loss, (await alone.step([other], still)).loss];
  const together = await trainer(seed, { ...options, sets: ["train.microBatch=2"] });
  const expected = (counts[0]! * losses[0]! + counts[1]! * losses[1]!) / (counts[0]! + counts[1]!);
  expect((await together.step([one, other], still)).loss).toBeCloseTo(expected, 5);
  expect(losses[0]).not.toBeCloseTo(losses[1]!, 2);
});

describe("a step with a figure that is not finite", () => {
  const bad = (batch: MicroBatch): MicroBatch => ({
    ...batch,
    mixed: { second: batch.labels, shares: new Float32Array(batch.labels.length).fill(Number.NaN) },
  });
  const good = (batch: MicroBatch): MicroBatch => ({
    ...batch,
    mixed: { second: batch.labels, shares: new Float32Array(batch.labels.length).fill(1) },
  });
  const halves = [good(batchOf(1, 2)), bad(batchOf(2, 2))];
  const decay = "train.weightDecay=0.1";
  test.each([
    { what: "RMSProp, averages", sets: [], step: [bad(batchOf(1))] },
    {
      what: "momentum",
      sets: ["train.averageDecay=null", "train.optimizer={name: momentum}"],
      step: [bad(batchOf(1))],
    },
    { what: "AdamW with decay", sets: ["train.optimizer={name: adamw}", decay], step: [bad(batchOf(1))] },
    { what: "one of two micro-batches", sets: ["train.microBatch=2"], step: halves },
    { what: "the other of them", sets: ["train.microBatch=2"], step: [...halves].reverse() },
  ])("leaves every bit of the state as it was, and the next one steps from there: $what", async ({ sets, step }) => {
    const whole = [...step].map((_, i) => good(batchOf(7 + i, 4 / step.length)));
    const [some, other] = await Promise.all([0, 1].map(() => trainer(seed, { sets, mixed: true })));
    for (const one of [some!, other!]) await one.step(whole, rates);
    const before = bits(await some!.save());
    expect((await some!.step(step, rates)).loss).toBeNaN();
    expect(bits(await some!.save())).toEqual(before);
    expect(await some!.step(whole, rates)).toEqual(await other!.step(whole, rates));
    const after = bits(await some!.save());
    expect(after).toEqual(bits(await other!.save()));
    expect(after).not.toEqual(before);
  });
});

describe("the first layer that gives what is not finite", () => {
  const overflowing = async (...names: string[]): Promise<string | undefined> => {
    const some = await trainer(seed);
    const { weights: own } = await some.save();
    const large = new Map(
      [...(own as NamedTensors)].map(([name, { shape, data }]) => [
        name,
        { shape, data: names.includes(name) ? data.map(() => 3e38) : data },
      ]),
    );
    await some.begin({ from: "weights", weights: large });
    const before = bits(await some.save());
    const found = await some.firstOverflow([batchOf(1)]);
    expect(bits(await some.save())).toEqual(before);
    return found;
  };
  test("is found in the network's order; there is none where every layer's is", async () => {
    expect(await overflowing("dense/kernel", "dense/bias", "third/conv/kernel")).toBe("third/conv");
    expect(await overflowing("dense/kernel", "dense/bias")).toBe("dense");
    expect(await overflowing()).toBeUndefined();
  });
});

describe("a start from weights", () => {
  test("holds them, and them again as their average, with an optimizer that remembers nothing", async () => {
    const given = await worn();
    const { weights: held, average, optimizer } = await (await trainer(weights(given))).save();
    const expected = bits({ weights: given.weights, optimizer: new Map() });
    expect(bits({ weights: held, optimizer: new Map() })).toEqual(expected);
    expect(bits({ weights: average!, optimizer: new Map() })).toEqual(expected);
    for (const [name, { data }] of optimizer as NamedTensors)
      expect(new Set(data), name).toEqual(new Set([name.startsWith("meanSquare/") ? 1 : 0]));
    expect(optimizer.size).toBeGreaterThan(0);
  });

  test("steps like a checkpoint of the same weights whose optimizer is new", async () => {
    const given = await worn();
    const fresh = (await (await trainer(seed)).save()).optimizer;
    const [one, other] = await Promise.all([
      trainer(weights(given)),
      trainer(checkpoint({ weights: given.weights, average: given.weights, optimizer: fresh })),
    ]);
    expect(await steps(one, 5, 7)).toEqual(await steps(other, 5, 7));
    expect(bits(await one.save())).toEqual(bits(await other.save()));
  });

  test("steps with several micro-batches, too: their sums are empty", async () => {
    const sets = ["train.microBatch=2"];
    const micro = [batchOf(0, 2), batchOf(1, 2)];
    const given = await worn();
    const [one, other] = await Promise.all([trainer(weights(given), { sets }), trainer(seed, { sets })]);
    await other.step(micro, rates);
    await other.begin(weights(given));
    expect(await other.step(micro, rates)).toEqual(await one.step(micro, rates));
  });

  const refused = async (change: (tensors: NamedTensors) => void): Promise<string> => {
    const some = await trainer(seed);
    const tensors = new Map(weightsOf(await some.save()));
    change(tensors);
    const error = await some.begin({ from: "weights", weights: tensors }).then(
      () => expect.fail("they were taken"),
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: "UserError", exitCode: 7 });
    return (error as Error).message;
  };
  test("names what is missing, what is too much and what has another shape", async () => {
    const one = { shape: [1], data: new Float32Array(1) };
    expect(await refused((tensors) => tensors.delete("first/conv/kernel"))).toMatch(
      /network: first\/conv\/kernel is missing$/,
    );
    expect(await refused((tensors) => tensors.set("fourth/bias", one))).toMatch(
      /network: fourth\/bias is none of the network's$/,
    );
    expect(await refused((tensors) => tensors.set("dense/bias", one))).toMatch(
      /network: dense\/bias is \[1\], expected \[3\]$/,
    );
    expect(await refused((tensors) => tensors.clear())).toMatch(/is missing(; \S+ is missing){4}; and \d+ more$/);
  });
});

describe("frozen layers", () => {
  const frozen = ["first", "second/batchNorm", "third/conv"];
  const isFrozen = (name: string): boolean => frozen.some((path) => name.includes(`/${path}/`));

  test("keep their weights and statistics while all others change, and are their own average", async () => {
    const some = await trainer(seed, { frozen });
    const before = bits(await some.save());
    await steps(some, 0, 2);
    const after = bits(await some.save());
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [name, value] of Object.entries(after)) expect(value === before[name], name).toBe(isFrozen(name));
    expect(Object.keys(after).some(isFrozen)).toBe(true);
  });

  test("are in every file of weights and have no place in the optimizer's", async () => {
    const whole = await (await trainer(seed)).save();
    const some = await (await trainer(seed, { frozen })).save();
    for (const file of ["weights", "average"] as const)
      expect([...some[file]!.keys()].sort()).toEqual([...whole[file]!.keys()].sort());
    expect([...some.optimizer.keys()].sort()).toEqual(
      [...whole.optimizer.keys()].filter((name) => !isFrozen(name)).sort(),
    );
  });

  test("start from the seed as they would have without being frozen", async () => {
    const [whole, some] = await Promise.all([trainer(seed), trainer(seed, { frozen })]);
    const tensors = weightsOf(await some.save());
    for (const [name, { data }] of weightsOf(await whole.save())) expect(tensors.get(name)!.data, name).toEqual(data);
  });

  test("come back from a checkpoint, and from weights of a run without any", async () => {
    const straight = await trainer(seed, { frozen });
    const [, ...later] = await steps(straight, 0, 3);
    const stopped = await trainer(seed, { frozen });
    await steps(stopped, 0, 1);
    const resumed = await trainer(checkpoint(await stopped.save()), { frozen });
    expect(await steps(resumed, 1, 3)).toEqual(later);
    expect(bits(await resumed.save())).toEqual(bits(await straight.save()));

    const given = await worn();
    const tuned = await trainer(weights(given), { frozen });
    const bare = ({ weights }: CheckpointFiles) => bits({ weights, optimizer: new Map() });
    const expected = bare(given);
    for (const [name, value] of Object.entries(bare(await tuned.save()))) expect(value, name).toBe(expected[name]);
  });
});
