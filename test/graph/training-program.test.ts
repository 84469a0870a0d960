// What a step does around the gradient: clipping, decay, averages, statistics, accumulation, the start.
import { afterAll, describe, expect, test } from "vitest";
import type { TrainingOptions } from "../../src/graph/training-options.ts";
import { batchNorm, bias, chain, conv, dense, globalPool, maxPool, relu } from "../../src/network/build.ts";
import { distance, type NdArray } from "./run.ts";
import { digests, gradientsOf, type OpenedStep, openStep, type Pictures, pictures, smallNetwork } from "./step.ts";

const size = 3;
const linear = chain({ pool: globalPool, dense: dense(2, 0.5) });
const normalized = chain({
  conv: conv(4, 1),
  batchNorm: batchNorm(true),
  relu,
  pool: globalPool,
  dense: dense(3, 0.5),
});
const shown = pictures(2, size, 2);
/** Without a loss only weight decay pulls: the gradient is the kernels themselves, times the decay. */
const leftOut: Pictures = { ...shown, labels: [-1, -1] };

const opened: OpenedStep[] = [];
afterAll(() => {
  for (const step of opened) step.close();
});
const open = (network: typeof linear, options: Partial<TrainingOptions>, side = size, batch = 2): OpenedStep => {
  const step = openStep(network, { size: side, batch, ...options });
  opened.push(step);
  step.initialize(1);
  return step;
};
const kernelOfNorm = (norm: number): Map<string, NdArray> =>
  new Map([["dense/kernel", { shape: [3, 2], data: Float32Array.of(norm * 0.6, 0, 0, norm * 0.8, 0, 0) }]]);
const value = (step: OpenedStep, name: string, prefix = ""): number[] => [...step.read(prefix).get(name)!.data];

describe("clipping by the global norm", () => {
  const clipped = (norm: number, clipNorm: number | null) => {
    const step = open(linear, { weightDecay: 1, clipNorm, optimizer: { name: "sgd" } });
    step.write(kernelOfNorm(norm));
    const { gradientNorm } = step.train(leftOut, { learningRate: 1 });
    expect(gradientNorm).toBeCloseTo(norm, 6);
    return distance(value(step, "dense/kernel"), kernelOfNorm(norm).get("dense/kernel")!.data);
  };
  test("a norm of 4 is scaled by 0.5 to the limit of 2", () => expect(clipped(4, 2)).toBeCloseTo(0.5, 6));
  test("a norm of 1 is untouched", () => expect(clipped(1, 2)).toBe(1));
  test("a norm at the limit is untouched", () => expect(clipped(2, 2)).toBe(1));
  test("without a limit nothing is scaled", () => expect(clipped(4, null)).toBe(1));

  test("the norm is that of all gradients together, kernels and others", () => {
    const step = open(normalized, { weightDecay: 0.01 });
    const { gradientNorm } = step.train({ ...shown, labels: [2, 0] });
    const squares = [...gradientsOf(step).values()].flatMap(({ data }) => [...data]).map((g) => g * g);
    expect(gradientNorm).toBeCloseTo(Math.sqrt(squares.reduce((sum, square) => sum + square, 0)), 5);
  });
});

test("weight decay pulls at kernels only, and its cost is reported", () => {
  const decayed = open(normalized, { weightDecay: 0.25 });
  const { regularization } = decayed.train(leftOut);
  const weights = decayed.read();
  let cost = 0;
  for (const [name, { data }] of gradientsOf(decayed)) {
    const kernel = name.endsWith("kernel");
    expect([...data], name).toEqual([...weights.get(name)!.data].map((weight) => (kernel ? weight * 0.25 : 0)));
    if (kernel) cost += data.reduce((sum, g) => sum + (g * g) / 0.25 / 2, 0);
  }
  expect(regularization).toBeCloseTo(cost, 5);
});

describe.each(["kernels", "all"] as const)("decayed: %s", (decayed) => {
  const decays = (name: string) => name.endsWith("kernel") || (decayed === "all" && !name.includes("moving"));

  test.each([
    ["sgd, by the gradient", { name: "sgd" }],
    ["adamw, beside a gradient of 0", { name: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-3 }],
    ["muon, which has no direction then", { name: "muon", momentum: 0.95, beta2: 0.99, restRate: 1 }],
  ] as const)("%s: the rate's share of each weight is lost", (_, optimizer) => {
    const step = open(normalized, { weightDecay: 0.25, optimizer, decayed });
    step.write(new Map([["batchNorm/beta", { shape: [4], data: Float32Array.of(1, -2, 3, -4) }]]));
    const before = step.read();
    const { regularization } = step.train(leftOut, { learningRate: 0.5 });
    let cost = 0;
    for (const [name, { data }] of step.read()) {
      const weights = before.get(name)!.data;
      const left = decays(name) ? 1 - 0.5 * 0.25 : 1;
      if (!name.includes("moving"))
        expect([...data], name).toEqual([...weights].map((weight) => Math.fround(weight * left)));
      if (decays(name)) cost += weights.reduce((sum, weight) => sum + 0.125 * weight ** 2, 0);
    }
    expect(regularization).toBeCloseTo(optimizer.name === "sgd" ? cost : 0, 5);
  });
});

test("the running average follows every group at rates 1 - (1 + t) / (10 + t), of the weights after the step", () => {
  const step = open(normalized, { average: true, optimizer: { name: "sgd" } });
  expect(step.read("average/")).toEqual(step.read());
  let expected = new Map([...step.read()].map(([name, { data }]) => [name, [...data]]));
  for (let t = 0; t < 4; t++) {
    const decay = Math.min(0.9999, (1 + t) / (10 + t));
    expect(decay).toBeCloseTo([0.1, 2 / 11, 3 / 12, 4 / 13][t]!, 12);
    step.train(pictures(2, size, 3, t), { learningRate: 0.5, averageRate: 1 - decay, statisticsRate: 0.5 });
    const weights = step.read();
    expected = new Map(
      [...expected].map(([name, average]) => [
        name,
        average.map((old, i) => decay * old + (1 - decay) * weights.get(name)!.data[i]!),
      ]),
    );
  }
  const averages = step.read("average/");
  for (const [name, average] of expected) expect(distance(averages.get(name)!.data, average), name).toBeLessThan(1e-6);
  expect(distance(averages.get("conv/kernel")!.data, step.read().get("conv/kernel")!.data)).toBeGreaterThan(1e-4);
});

test("running statistics move to the batch's mean and unbiased variance by the rate fed", () => {
  const decay = 0.8;
  const step = open(normalized, {});
  const old = { movingMean: [1, -2, 3, -4], movingVariance: [1, 2, 3, 4] };
  step.write(
    new Map(
      Object.entries(old).map(([kind, data]) => [`batchNorm/${kind}`, { shape: [4], data: Float32Array.from(data) }]),
    ),
  );
  const kernel = step.read().get("conv/kernel")!.data;
  step.train({ ...shown, labels: [0, 1] }, { statisticsRate: 1 - decay });
  const cells = Array.from({ length: 2 * size * size }, (_, cell) =>
    [0, 1, 2].map((channel) => shown.images[cell * 3 + channel]! * (2 / 255) - 1),
  );
  for (let filter = 0; filter < 4; filter++) {
    const outputs = cells.map((cell) => cell.reduce((sum, x, channel) => sum + x * kernel[channel * 4 + filter]!, 0));
    const mean = outputs.reduce((sum, y) => sum + y, 0) / outputs.length;
    const unbiased = outputs.reduce((sum, y) => sum + (y - mean) ** 2, 0) / (outputs.length - 1);
    const moved = (from: number, to: number) => decay * from + (1 - decay) * to;
    expect(value(step, "batchNorm/movingMean")[filter]).toBeCloseTo(moved(old.movingMean[filter]!, mean), 5);
    expect(value(step, "batchNorm/movingVariance")[filter]).toBeCloseTo(
      moved(old.movingVariance[filter]!, unbiased),
      5,
    );
  }
});

test.each([2, 3, 8])("a step of %d micro-batches moves running statistics as one does", (microBatches) => {
  const options = { optimizer: { name: "sgd" } } as const;
  const [once, several] = [open(normalized, options), open(normalized, { ...options, microBatches })];
  for (let step = 0; step < 3; step++) {
    once.train({ ...shown, labels: [0, 1] }, { learningRate: 0, statisticsRate: 0.2 });
    const rate = 1 - 0.8 ** (1 / microBatches);
    for (let i = 0; i < microBatches; i++) several.accumulate({ ...shown, labels: [0, 1] }, 1 / microBatches, rate);
    several.apply({ learningRate: 0 });
  }
  for (const kind of ["movingMean", "movingVariance"])
    expect(distance(value(several, `batchNorm/${kind}`), value(once, `batchNorm/${kind}`)), kind).toBeLessThan(1e-6);
});

describe("gradient accumulation", () => {
  const network = chain({
    conv: conv(4, 3),
    bias,
    relu,
    halve: maxPool(2, { stride: 2 }),
    wide: conv(6, [1, 3]),
    pool: globalPool,
    dense: dense(3, 0.5),
  });
  const side = 6;
  const whole = pictures(4, side, 3, 9);
  const part = (from: number): Pictures => ({
    images: whole.images.subarray(from * side * side * 3, (from + 2) * side * side * 3),
    labels: whole.labels.slice(from, from + 2),
  });
  const options: Partial<TrainingOptions> = {
    weightDecay: 0.01,
    clipNorm: 0.5,
    average: true,
    optimizer: { name: "rmsprop", decay: 0.9, momentum: 0.9, epsilon: 1 },
  };
  const rates = { learningRate: 0.1, averageRate: 0.5 };

  test.each([
    ["two passes of 2 are one batch of 4", whole.labels],
    ["so they are with a picture left out", whole.labels.map((label, i) => (i === 2 ? -1 : label))],
  ])("%s, in every vector, over three steps", (_name, labels) => {
    const share = (from: number) =>
      labels.slice(from, from + 2).filter((label) => label >= 0).length / labels.filter((label) => label >= 0).length;
    const [once, twice] = [open(network, options, side, 4), open(network, { ...options, microBatches: 2 }, side, 2)];
    for (let step = 0; step < 3; step++) {
      const figures = once.train({ ...whole, labels }, rates);
      const shares = [0, 2].map((from) =>
        twice.accumulate({ ...part(from), labels: labels.slice(from, from + 2) }, share(from)),
      );
      const [regularization, gradientNorm] = twice.apply(rates);
      expect(share(0) * shares[0]![0]! + share(2) * shares[1]![0]!).toBeCloseTo(figures.loss, 6);
      expect(shares[0]![2]! + shares[1]![2]!).toBe(figures.correct);
      expect(regularization).toBeCloseTo(figures.regularization, 6);
      expect(gradientNorm).toBeCloseTo(figures.gradientNorm, 5);
    }
    const vectors = twice.vectors();
    for (const [name, vector] of once.vectors()) expect(distance(vectors.get(name)!, vector), name).toBeLessThan(2e-6);
    expect(vectors.get("gradient/kernels")!.every((sum) => sum === 0)).toBe(true);
    expect(distance(once.vectors().get("kernels")!, initial(open(network, options, side, 4)))).toBeGreaterThan(1e-3);
  });

  const initial = (step: OpenedStep) => step.vectors().get("kernels")!;
});

describe("the start", () => {
  const network = smallNetwork({}, 29);
  test("is a pure function of the seed, every kernel with a draw of its own", () => {
    const step = open(network, {}, 29, 1);
    const [first, started] = [step.vectors(), digests(step)];
    step.initialize(2);
    expect(distance(step.vectors().get("kernels")!, first.get("kernels")!)).toBeGreaterThan(1);
    step.initialize(1);
    expect(digests(step)).toEqual(started);
    const kernels = [...step.read()].filter(([name]) => name.endsWith("kernel"));
    expect(new Set(kernels.map(([, { data }]) => data[0]! / data[1]!)).size).toBe(kernels.length);
  });

  test("kernels have He's deviation, cut at two; gammas and variances are 1, the rest 0", () => {
    const step = open(network, {}, 29, 1);
    const truncated = 0.87962566103423978;
    for (const [name, { shape, data }] of step.read()) {
      if (!name.endsWith("conv/kernel")) continue;
      const he = Math.sqrt(2 / (shape[0]! * shape[1]! * shape[2]!));
      const deviation = name.startsWith("AuxLogits/Conv2d_2a") ? 0.01 * truncated : he;
      expect(Math.max(...data.map(Math.abs)), name).toBeLessThanOrEqual((2 * deviation) / truncated);
      expect(Math.hypot(...data) / Math.sqrt(data.length) / deviation, name).toBeGreaterThan(0.85);
      expect(Math.hypot(...data) / Math.sqrt(data.length) / deviation, name).toBeLessThan(1.15);
    }
    const starts: [RegExp, number][] = [
      [/gamma$|movingVariance$/, 1],
      [/beta$|bias$|movingMean$/, 0],
    ];
    for (const [kind, start] of starts)
      for (const [name, { data }] of step.read())
        if (kind.test(name))
          expect(
            data.every((value) => value === start),
            name,
          ).toBe(true);
  });

  test("RMSProp's accumulators start at 1, momentum and sums at 0", () => {
    const rmsprop = { name: "rmsprop", decay: 0.9, momentum: 0.9, epsilon: 1 } as const;
    const vectors = open(linear, { optimizer: rmsprop, microBatches: 2 }).vectors();
    for (const [prefix, start] of [
      ["meanSquare/", 1],
      ["momentum/", 0],
      ["gradient/", 0],
    ] as const)
      for (const group of ["kernels", "scalars"])
        expect(vectors.get(prefix + group)!.every((x) => x === start)).toBe(true);
  });
});
