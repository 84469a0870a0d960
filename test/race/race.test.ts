import { describe, expect, test } from "vitest";
import { passes, type Side } from "../../src/graph/kernels.ts";
import { latePools } from "../../src/graph/late-pools.ts";
import { foldedNetwork } from "../../src/interpret/folded.ts";
import { trace } from "../../src/interpret/shapes.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import {
  type Convolution,
  convolutionsOf,
  racedSides,
  siblingConvolutionsOf,
  tasksOf,
} from "../../src/race/convolutions.ts";
import { errorOf, type Factors } from "../../src/race/exact-convolution.ts";
import { convolutionProgram } from "../../src/race/program.ts";
import { choicesOf, type Race, raceConvolution, totalSeconds, winner } from "../../src/race/race.ts";
import { features } from "../../src/runtime/features.ts";
import { threadsVariable } from "../../src/runtime/threads.ts";
import { smallV3 } from "../graph/step.ts";
import { needs } from "../needs.ts";
import { v3 } from "../network/examples.ts";

const square: Convolution = {
  dtype: "float32",
  window: { kernel: [3, 3], stride: 1, padding: "same" },
  input: [2, 13, 12, 18],
  output: [2, 13, 12, 20],
  filter: [3, 3, 18, 20],
  parts: [20],
  layers: 1,
};
const strided: Convolution = {
  ...square,
  window: { kernel: [3, 3], stride: 2, padding: "valid" },
  output: [2, 6, 5, 20],
};

const sideBySide: Convolution = {
  ...square,
  window: { kernel: [1, 1], stride: 1, padding: "same" },
  output: [2, 13, 12, 48],
  filter: [1, 1, 18, 48],
  parts: [20, 7, 21],
};

const hasMatrices = features().includes("amx_bf16");

describe("each side's results lie near the exact ones", needs("avx2"), () => {
  const errors = (convolution: Convolution) =>
    Object.fromEntries(
      raceConvolution(convolution, 1).map(({ pass, found }) => [
        pass,
        Object.fromEntries(Object.entries(found).map(([side, { error }]) => [side, error])),
      ]),
    );

  test("float32", () => {
    const found = errors(square);
    const ofMaps = hasMatrices ? ["tensorflow", "plain", "fast"] : ["tensorflow", "fast"];
    expect(Object.values(found).map(Object.keys)).toEqual([ofMaps, ofMaps, ["tensorflow", "plain", "fast"]]);
    for (const error of Object.values(found).flatMap(Object.values)) expect(error).toBeLessThan(1e-5);
  });

  test("side by side", () => {
    const found = errors(sideBySide);
    const raced = hasMatrices ? ["tensorflow", "plain"] : ["tensorflow"];
    expect(Object.values(found).map(Object.keys)).toEqual([raced, raced, raced]);
    for (const error of Object.values(found).flatMap(Object.values)) expect(error).toBeLessThan(1.2e-5);
  });

  test("with weights that stay, as without", () => {
    for (const of of [square, sideBySide, { ...square, dtype: "bfloat16" as const }]) {
      const [forward, inference] = raceConvolution(of, 1, ["forward", "inference"]);
      expect(Object.keys(inference!.found)).toEqual(Object.keys(forward!.found));
      for (const side of Object.keys(forward!.found) as Side[])
        expect(inference!.found[side]!.error).toBe(forward!.found[side]!.error);
    }
  });

  test("a stride", () => {
    const found = errors(strided);
    const ofMaps = hasMatrices ? ["tensorflow", "plain"] : ["tensorflow"];
    expect(Object.values(found).map(Object.keys)).toEqual([ofMaps, ofMaps, ["tensorflow", "plain"]]);
    for (const error of Object.values(found).flatMap(Object.values))
      expect(error).toBeLessThan(hasMatrices ? 1.2e-5 : 1e-6);
  });

  test("bfloat16: rounded once, and our gradients of the filter not at all", () => {
    const found = errors({ ...square, dtype: "bfloat16" });
    for (const pass of ["forward", "input"]) expect(found[pass]!.fast).toBeLessThan(2 ** -8);
    expect(found.filter!.plain).toBeLessThan(1e-6);
    expect(found.filter!.fast).toBeLessThan(1e-5);
    expect(found.filter!.tensorflow).toBeGreaterThan(1e-4);
  });
});

test("a race has the threads that the program has", () => {
  const { [threadsVariable]: before } = process.env;
  const programFor = (count: string) => {
    process.env[threadsVariable] = count;
    return Buffer.from(convolutionProgram(square, tasksOf(square)).bytes).toString("latin1");
  };
  try {
    expect(programFor("1")).toBe(programFor("1"));
    expect(programFor("1")).not.toBe(programFor("3"));
  } finally {
    if (before === undefined) delete process.env[threadsVariable];
    else process.env[threadsVariable] = before;
  }
});

test("an error is seen in each pass", () => {
  const one = (dims: readonly number[]) => new Float32Array(dims.reduce((a, b) => a * b)).fill(1);
  const factors: Factors = { x: one(square.input), filter: one(square.filter), dy: one(square.output) };
  const results = { forward: one(square.output), input: one(square.input), filter: one(square.filter) };
  // Of ones, a result is the number of its terms; the largest are these.
  const largest = { forward: 9 * 18, input: 9 * 20, filter: 2 * 13 * 12 };
  for (const pass of passes)
    expect(errorOf(square, pass, factors, results[pass])).toBeCloseTo(1 - 1 / largest[pass], 6);
});

test("every convolution of a network, each shape once", () => {
  const network = buildNetwork(smallV3, 75);
  const input = { height: 75, width: 75, channels: 3 };
  const found = convolutionsOf(network, input, 4, "bfloat16");
  const layers = trace(network, input).filter(({ layer }) => layer.type === "conv");
  expect(found.reduce((sum, of) => sum + of.layers, 0)).toBe(layers.length);
  expect(new Set(found.map(({ layers: _, ...of }) => JSON.stringify(of))).size).toBe(found.length);
  expect(found.length).toBeLessThan(layers.length);
  expect(found.map(({ dtype, input }) => dtype === "float32" && input[3] === 3)).toEqual(
    found.map(({ input }) => input[3]! % 2 === 1),
  );
});

test("convolutions that slide alike over a map, of which evaluation has fewer", () => {
  const network = buildNetwork(v3);
  const input = { height: 299, width: 299, channels: 3 };
  const found = (of: Layer) =>
    siblingConvolutionsOf(latePools(of), input, 4, "float32").map(({ input, filter, parts, layers }) => [
      `${input.slice(1).join("x")} ${filter.slice(0, 2).join("x")}`,
      parts.join("+"),
      layers,
    ]);
  expect(found(network)).toEqual([
    ["35x35x192 1x1", "64+48+64+32", 1],
    ["35x35x256 1x1", "64+48+64+64", 1],
    ["35x35x288 1x1", "64+48+64+64", 1],
    ["17x17x768 1x1", "192+128+128+192", 1],
    ["17x17x768 1x1", "192+160+160+192", 2],
    ["17x17x768 1x1", "192+192+192+192", 1],
    ["17x17x768 1x1", "192+192", 1],
    ["8x8x1280 1x1", "320+384+448+192", 1],
    ["8x8x2048 1x1", "320+384+448+192", 1],
  ]);
  expect(found(foldedNetwork(network).network).map(([, parts]) => parts)).toEqual([
    ...["64+48+64", "64+48+64", "64+48+64", "192+128+128", "192+160+160", "192+192+192", "192+192"],
    ...["320+384+448", "320+384+448"],
  ]);
});

test("of those that tie the one with the smallest error, else the fastest", () => {
  const found = (tensorflow: number, fast: number) => ({
    found: { tensorflow: { seconds: tensorflow, error: 1e-7 }, fast: { seconds: fast, error: 1e-6 } },
  });
  expect([found(1, 0.98), found(1, 0.9), found(1, 2)].map(winner)).toEqual(["tensorflow", "fast", "tensorflow"]);
});

describe("a kernel that is wrong", () => {
  const race = (tensorflow: number, fast: number): Race => ({
    ...{ convolution: square, pass: "forward", multiplyAdds: 1 },
    found: { tensorflow: { seconds: 1, error: tensorflow }, fast: { seconds: 2, error: fast } },
  });

  test("never wins, however fast", () => {
    expect([race(1.2, 1e-6), race(Number.NaN, 1e-6), race(0.01, 1e-6)].map(winner)).toEqual([
      "fast",
      "fast",
      "tensorflow",
    ]);
  });

  test("is a sentence where there is no other", () => {
    expect(() => choicesOf([race(1.2, Number.NaN)])).toThrow(
      expect.objectContaining({ reason: "checkFailed", message: expect.stringMatching(/^no kernel .* is right for /) }),
    );
  });
});

test("totals count layers", () => {
  const race = (layers: number, pass: Race["pass"], tensorflow: number, fast: number): Race => ({
    convolution: { ...square, layers },
    pass,
    multiplyAdds: 1,
    found: { tensorflow: { seconds: tensorflow, error: 0 }, fast: { seconds: fast, error: 0 } },
  });
  const races = [race(2, "forward", 3, 1), race(1, "forward", 2, 4), race(1, "input", 100, 50)];
  expect(totalSeconds(races, "forward", () => "tensorflow")).toBe(8);
  expect(totalSeconds(races, "forward", () => "fast")).toBe(6);
  expect(totalSeconds(races, "forward", winner)).toBe(4);
});

test("side by side are raced on matrix registers alone, by plain sums", () => {
  const sides = (having: string[]) => tasksOf(sideBySide).map((task) => racedSides(task, sideBySide.parts, having));
  expect(sides(["avx512f", "amx_bf16"])).toEqual(Array(3).fill(["tensorflow", "plain"]));
  expect(sides(["avx512f"])).toEqual(Array(3).fill(["tensorflow"]));
});

test("plain sums of maps are raced on matrix registers alone", () => {
  const [forward, input, filter] = tasksOf(square).map((task) => racedSides(task, [18], ["avx512f"]));
  expect([forward, input, filter]).toEqual([
    ["tensorflow", "fast"],
    ["tensorflow", "fast"],
    ["tensorflow", "plain", "fast"],
  ]);
  const of = { ...square, window: { ...square.window, stride: 2 } };
  expect(tasksOf(of).map((task) => racedSides(task, [18], ["avx512f", "amx_bf16"]))).toEqual(
    Array(3).fill(["tensorflow", "plain"]),
  );
});
