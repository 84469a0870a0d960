import { describe, expect, test } from "vitest";
import { latePools } from "../../src/graph/late-pools.ts";
import { variables } from "../../src/interpret/parameters.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { fold } from "../../src/network/fold.ts";
import type { Layer } from "../../src/network/layer.ts";
import { bnInception, v2, v3 } from "../network/examples.ts";

const image = { height: 299, width: 299, channels: 3 };

/** How many channels each average pool that keeps the grid pools. */
function pooledChannels(network: Layer): number[] {
  const found: number[] = [];
  fold<number>(network, 3, {
    primitive(layer, channels) {
      if (layer.type === "averagePool" && layer.stride === 1) found.push(channels);
      return layer.type === "conv" ? layer.filters : channels;
    },
    concat: (branches) => branches.reduce((sum, channels) => sum + channels, 0),
    tap: () => {},
  });
  return found;
}

describe("average pools that keep the grid", () => {
  test("pool what the 1x1 convolution leaves", () => {
    expect(pooledChannels(buildNetwork(v3))).toEqual([192, 256, 288, 768, 768, 768, 768, 1280, 2048]);
    expect(pooledChannels(latePools(buildNetwork(v3)))).toEqual([32, 64, 64, 192, 192, 192, 192, 192, 192]);
  });

  test.each([v3, v2, bnInception])("leave weights and their order as they are", (options) => {
    const network = buildNetwork(options);
    expect(variables(latePools(network), image)).toEqual(variables(network, image));
  });
});

const convolution: Layer = { type: "conv", filters: 8, kernel: [1, 1], stride: 1, padding: "same", initial: "he" };
const pool: Layer = { type: "averagePool", kernel: [3, 3], stride: 1, padding: "same", divisor: "valid" };
const pair = (first: Layer, second: Layer): Layer => ({
  type: "chain",
  children: { first, unit: { type: "chain", children: { second, relu: { type: "relu" } } } },
});

test("moves only an average pool with stride 1, and only behind a 1x1 convolution with stride 1", () => {
  expect(latePools(pair(pool, convolution))).toEqual({
    type: "chain",
    children: { unit: { type: "chain", children: { second: convolution, averagePool: pool, relu: { type: "relu" } } } },
  });
  const others: [Layer, Layer][] = [
    [{ ...pool, stride: 2 }, convolution],
    [{ type: "maxPool", kernel: [3, 3], stride: 1, padding: "same" }, convolution],
    [pool, { ...convolution, kernel: [1, 3] }],
    [pool, { ...convolution, stride: 2 }],
    [pool, { ...convolution, padding: { rows: [0, 0], columns: [1, 0] } }],
    [pool, { type: "relu" }],
  ];
  for (const [first, second] of others) expect(latePools(pair(first, second))).toEqual(pair(first, second));
});

describe("where a unit's parts are named so that", () => {
  const unit = (children: Readonly<Record<string, Layer>>): Layer => ({ type: "chain", children });
  const behind = (children: Readonly<Record<string, Layer>>) => latePools(unit({ pool, unit: unit(children) }));
  const relu: Layer = { type: "relu" };

  test("the pool's name is taken, it takes another", () => {
    expect(behind({ conv: convolution, averagePool: relu, averagePool_2: relu })).toEqual(
      unit({ unit: unit({ conv: convolution, averagePool_3: pool, averagePool: relu, averagePool_2: relu }) }),
    );
    expect(JSON.stringify(behind({ conv: convolution, averagePool: relu }))).toBe(
      JSON.stringify(unit({ unit: unit({ conv: convolution, averagePool_2: pool, averagePool: relu }) })),
    );
  });

  test("an object would put them before the pool, nothing moves", () => {
    const numbered = unit({ pool, unit: unit({ 0: convolution, 1: relu }) });
    expect(latePools(numbered)).toBe(numbered);
    expect(behind({ 0: convolution })).toEqual(unit({ unit: unit({ 0: convolution, averagePool: pool }) }));
  });
});
