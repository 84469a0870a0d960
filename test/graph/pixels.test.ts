// Bytes as networks see them: in training and evaluation the same, by default to the bit what it always was.
import { describe, expect, test } from "vitest";
import { evaluationProgram } from "../../src/graph/evaluation-program.ts";
import { Graph } from "../../src/graph/graph.ts";
import * as op from "../../src/graph/operations.ts";
import { pixels } from "../../src/graph/pixels.ts";
import { savedModel } from "../../src/graph/saved-model.ts";
import { chain, conv, dense, globalPool, relu } from "../../src/network/build.ts";
import { type Pixels, unitRange } from "../../src/network/preprocessing.ts";
import { openSession } from "../../src/runtime/session.ts";
import { distance, type NdArray, raw, sameBits } from "./run.ts";
import { openStep, pictures } from "./step.ts";
import { randomWeights } from "./weights.ts";

const [batch, size] = [2, 16];
const { images, labels } = pictures(batch, size, 5);
const imagenet: Pixels = {
  order: "RGB",
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};
/** GoogLeNet as Caffe had it. */
const caffe: Pixels = { order: "BGR", scale: 1, mean: [104, 117, 123], deviation: [1, 1, 1] };

function seen(as: Pixels): Float32Array {
  const graph = new Graph();
  const bytes = op.decodeRaw(graph, op.placeholder(graph, "bytes", "string", []), "uint8", [batch, size, size, 3]);
  op.identity(graph, pixels(graph, bytes, as), "out");
  const session = openSession(savedModel(graph));
  const [found] = session.run({ bytes: raw(images) }, ["out"]);
  session.close();
  return found!.data as Float32Array;
}

test("by default every byte is 2 / 255 of itself, less one, in float32", () => {
  const expected = Float32Array.from(images, (byte) => Math.fround(byte * Math.fround(2 / 255)) - 1);
  expect(sameBits(seen(unitRange), expected)).toBe(true);
});

test.each<[string, Pixels]>([
  ["torchvision's mean and deviation", imagenet],
  ["Caffe's order and means", caffe],
  ["BGR in [-1, 1]", { ...unitRange, order: "BGR" }],
])("%s", (_, as) => {
  const { order, scale, mean, deviation } = as;
  const expected = Array.from(images, (_, i) => {
    const channel = i % 3;
    const byte = images[order === "RGB" ? i : i - channel + (2 - channel)]!;
    return (byte * scale - mean[channel]!) / deviation[channel]!;
  });
  const found = seen(as);
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value)).toBeLessThan(1e-6 * Math.max(1, 255 * scale));
  });
});

describe("a program", () => {
  const network = chain({ conv: conv(8, 3), relu, pool: globalPool, dense: dense(5) });
  const weights = randomWeights(network, size);
  /** The same network for pictures in the other order. */
  const turned = new Map(weights).set("conv/kernel", withChannelsTurned(weights.get("conv/kernel")!));

  const logits = (as: Pixels, of: typeof weights): Float32Array => {
    const program = evaluationProgram(network, { size, batch, precision: "float32", kernels: "own", pixels: as });
    const session = openSession(program.bytes);
    session.run({ weights: raw(program.weightBytes(of)) }, ["assign"]);
    const [found] = session.run({ images: raw(images) }, ["logits"]);
    session.close();
    return found!.data as Float32Array;
  };
  const loss = (as: Pixels | undefined, of: typeof weights): number => {
    const step = openStep(network, { size, batch, ...(as && { pixels: as }) });
    step.initialize(1);
    step.write(of);
    const figures = step.train({ images, labels });
    step.close();
    return figures.loss;
  };

  test("evaluates pictures in its own order of channels", () => {
    const expected = logits(unitRange, weights);
    expect(distance(logits({ ...unitRange, order: "BGR" }, turned), expected)).toBeLessThan(1e-6);
    expect(distance(logits({ ...unitRange, order: "BGR" }, weights), expected)).toBeGreaterThan(1e-3);
  });

  test("trains on the same, and by default on RGB in [-1, 1]", () => {
    const expected = loss(unitRange, weights);
    expect(loss(undefined, weights)).toBe(expected);
    expect(loss({ ...unitRange, order: "BGR" }, turned)).toBeCloseTo(expected, 6);
    expect(loss(imagenet, weights)).not.toBeCloseTo(expected, 3);
  });
});

/** [height, width, 3, filters]: the first channel last. */
function withChannelsTurned({ shape, data }: NdArray): NdArray {
  const [, , channels, filters] = shape as [number, number, number, number];
  return {
    shape,
    data: data.map((_, i) => {
      const [place, channel, filter] = [
        Math.floor(i / (channels * filters)),
        Math.floor(i / filters) % channels,
        i % filters,
      ];
      return data[(place * channels + (channels - 1 - channel)) * filters + filter]!;
    }),
  };
}
