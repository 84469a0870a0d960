import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chain, concat, conv, dropout, relu, tap } from "../../src/network/build.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import { kept, type Rewriting, rewrite } from "../../src/network/rewrite.ts";
import { anyNetwork } from "./examples.ts";

const unchanged: Rewriting = { primitive: kept, chain: kept, concat: kept, tap: kept };
const network = chain({
  stem: conv(8, 3),
  head: tap(chain([dropout(0.5), conv(4, 1)])),
  mixed: concat({ a: chain({ conv: conv(4, 1), relu }), b: chain({ dropout: dropout(0.1) }) }),
});

describe("a rewriting", () => {
  test("that changes nothing gives the same object, of any network", () => {
    fc.assert(
      fc.property(anyNetwork, (options) => {
        const whole = buildNetwork(options);
        expect(rewrite(whole, unchanged)).toBe(whole);
      }),
      { numRuns: 10 },
    );
  });

  test("keeps every part in which nothing changes", () => {
    const found = rewrite(network, {
      ...unchanged,
      primitive: (layer) => (layer.type === "relu" ? conv(1, 1) : layer),
    });
    expect(found).toEqual(
      chain({
        ...childrenOf(network),
        mixed: concat({ a: chain({ conv: conv(4, 1), relu: conv(1, 1) }), b: chain({ dropout: dropout(0.1) }) }),
      }),
    );
    expect(childrenOf(found).head).toBe(childrenOf(network).head);
    expect(childrenOf(childrenOf(found).mixed!).b).toBe(childrenOf(childrenOf(network).mixed!).b);
  });

  test("meets every layer once, parts before the whole, with its path in the tree that is read", () => {
    const met: string[] = [];
    const note = (layer: Layer, path: string): Layer => {
      met.push(`${path} ${layer.type}`);
      return layer;
    };
    rewrite(network, { primitive: note, chain: note, concat: note, tap: note });
    expect(met).toEqual([
      "stem conv",
      "head/0 dropout",
      "head/1 conv",
      "head chain",
      "head tap",
      "mixed/a/conv conv",
      "mixed/a/relu relu",
      "mixed/a chain",
      "mixed/b/dropout dropout",
      "mixed/b chain",
      "mixed concat",
      " chain",
    ]);
  });

  test("is given a layer with its parts rewritten", () => {
    const found = rewrite(chain({ a: relu, b: chain({ c: relu }) }), {
      ...unchanged,
      primitive: () => dropout(0),
      chain: (layer) => concat(layer.children),
    });
    expect(found).toEqual(concat({ a: dropout(0), b: concat({ c: dropout(0) }) }));
  });
});

function childrenOf(layer: Layer): Readonly<Record<string, Layer>> {
  if (layer.type !== "chain" && layer.type !== "concat") throw new Error(`${layer.type} has no children`);
  return layer.children;
}
