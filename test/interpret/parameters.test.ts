import { describe, expect, it } from "vitest";
import { cost } from "../../src/interpret/cost.ts";
import { variables } from "../../src/interpret/parameters.ts";
import { batchNorm, bias, chain, conv, dense, depthwise, globalPool, relu, tap } from "../../src/network/build.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { square, v3 } from "../network/examples.ts";

const small = chain({
  stem: chain({ depthwise: depthwise(8, 7), conv: conv(4, [1, 3]), batchNorm: batchNorm(true), relu }),
  side: tap(chain({ conv: conv(2, 1, { initial: 0.01 }), bias })),
  top: chain({ pool: globalPool, dense: dense(10, 0.001) }),
});
const found = variables(small, square(9));
const named = (name: string) => found.find((variable) => variable.name === name)!;

describe("variables", () => {
  it("are named by position, in order, in TensorFlow's layouts", () => {
    expect(found.map(({ name, shape }) => `${name} ${shape.join("x")}`)).toEqual([
      "stem/depthwise/kernel 7x7x3x8",
      "stem/conv/kernel 1x3x24x4",
      "stem/batchNorm/gamma 4",
      "stem/batchNorm/beta 4",
      "stem/batchNorm/movingMean 4",
      "stem/batchNorm/movingVariance 4",
      "side/conv/kernel 1x1x4x2",
      "side/bias/bias 2",
      "top/dense/kernel 4x10",
      "top/dense/bias 10",
    ]);
  });

  it("decay only as kernels, and train unless they are moving averages", () => {
    expect(found.filter(({ decayed }) => decayed).map(({ kind }) => kind)).toEqual(Array(4).fill("kernel"));
    expect(found.filter(({ trainable }) => !trainable).map(({ kind }) => kind)).toEqual([
      "movingMean",
      "movingVariance",
    ]);
  });

  it("are marked where only the auxiliary head has them", () => {
    expect(found.filter(({ auxiliary }) => auxiliary).map(({ name }) => name)).toEqual([
      "side/conv/kernel",
      "side/bias/bias",
    ]);
  });

  it("start by He's rule, its deviation made up for the cut at two deviations", () => {
    const { initial } = named("stem/conv/kernel");
    expect(initial.kind === "truncatedNormal" && initial.deviation * 0.87962566).toBeCloseTo(Math.sqrt(2 / 72), 7);
    const each = named("stem/depthwise/kernel").initial;
    expect(each.kind === "truncatedNormal" && each.deviation * 0.87962566).toBeCloseTo(Math.sqrt(2 / 49), 7);
  });

  it("start as given, or at zero or one", () => {
    expect(named("side/conv/kernel").initial).toEqual({ kind: "truncatedNormal", deviation: 0.01 });
    expect(named("stem/batchNorm/gamma").initial).toEqual({ kind: "ones" });
    expect(named("stem/batchNorm/movingVariance").initial).toEqual({ kind: "ones" });
    expect(named("stem/batchNorm/beta").initial).toEqual({ kind: "zeros" });
    expect(named("top/dense/bias").initial).toEqual({ kind: "zeros" });
  });

  it("of Inception-v3 have unique names, and the released deviations in the heads", () => {
    const all = variables(buildNetwork(v3, 299), square(299));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    const deviation = (name: string) => {
      const initial = all.find((variable) => variable.name === name)!.initial;
      return initial.kind === "truncatedNormal" && initial.deviation;
    };
    expect(deviation("AuxLogits/Conv2d_2a_5x5/conv/kernel")).toBe(0.01);
    expect(deviation("AuxLogits/dense/kernel")).toBe(0.001);
    expect(deviation("Logits/dense/kernel")).toBe(0.001);
  });
});

describe("a dense layer on a map", () => {
  const network = chain({ dense: dense(10) });
  const map = { height: 7, width: 7, channels: 8 };

  it("reads every value of it", () => {
    const [kernel, bias] = variables(network, map);
    expect([kernel!.shape, bias!.shape]).toEqual([[7 * 7 * 8, 10], [10]]);
    expect(cost(network, map)).toMatchObject({ parameters: 7 * 7 * 8 * 10 + 10, multiplyAdds: 7 * 7 * 8 * 10 });
  });

  it("starts by He's rule from all of them", () => {
    const { initial } = variables(network, map)[0]!;
    expect(initial.kind === "truncatedNormal" && initial.deviation * 0.87962566).toBeCloseTo(Math.sqrt(2 / 392), 7);
  });
});
