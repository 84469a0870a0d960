import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byLayer, byStage, cost, groupCosts } from "../../src/interpret/cost.ts";
import { sizeOf, variables } from "../../src/interpret/parameters.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import { anyNetwork, square, v3 } from "../network/examples.ts";

/** The same tree with every name replaced. */
function rename(layer: Layer, word: string): Layer {
  if (layer.type === "tap") return { ...layer, head: rename(layer.head, word) };
  if (layer.type !== "chain" && layer.type !== "concat") return layer;
  const children = Object.values(layer.children).map((child, i) => [`${word}${i}`, rename(child, word)] as const);
  return { ...layer, children: Object.fromEntries(children) };
}

const anySize = fc.integer({ min: 130, max: 400 });
const totals = (layers: readonly { parameters: number; multiplyAdds: number }[]) => ({
  parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
  multiplyAdds: layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
});

describe("cost", () => {
  it("never depends on names", () => {
    fc.assert(
      fc.property(anyNetwork, anySize, fc.stringMatching(/^[a-z]{1,8}$/), (options, size, word) => {
        const network = buildNetwork(options, size);
        const { layers: _, ...named } = cost(network, square(size));
        expect(cost(rename(network, word), square(size))).toMatchObject(named);
      }),
      { numRuns: 20 },
    );
  });

  it("is the sum over layers and over stages, and its parameters the trainable variables", () => {
    fc.assert(
      fc.property(anyNetwork, anySize, (options, size) => {
        const network = buildNetwork(options, size);
        const { layers, training, ...network_ } = cost(network, square(size));
        const trainable = variables(network, square(size)).filter((variable) => variable.trainable);
        for (const key of [byLayer, byStage]) {
          const rows = groupCosts(layers, key);
          expect(totals(rows)).toEqual(training);
          expect(totals(rows.filter(({ auxiliary }) => !auxiliary))).toEqual(network_);
        }
        expect(trainable.reduce((sum, variable) => sum + sizeOf(variable), 0)).toBe(training.parameters);
      }),
      { numRuns: 20 },
    );
  });

  it("has one row for a convolution with its batch norm and ReLU", () => {
    const rows = groupCosts(cost(buildNetwork(v3, 299), square(299)).layers, byLayer);
    expect(rows.filter(({ types }) => types.includes("conv"))).toHaveLength(96);
    expect(rows.find(({ path }) => path === "Mixed_5b/b5x5/1")).toMatchObject({
      types: ["conv", "batchNorm", "relu"],
      parameters: 5 * 5 * 48 * 64 + 2 * 64,
      multiplyAdds: 5 * 5 * 48 * 64 * 35 * 35,
      output: { height: 35, width: 35, channels: 64 },
    });
  });
});
