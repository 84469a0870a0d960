// Where a network is cut: as high as nothing changes below it, and every layer in one part under its own name.
import { describe, expect, test } from "vitest";
import { type Parts, partsAt } from "../../src/interpret/border.ts";
import { owners, selected } from "../../src/interpret/selection.ts";
import { outputOf, trace } from "../../src/interpret/shapes.ts";
import { chain, concat, conv, dense, dropout, globalPool, maxPool, relu, tap } from "../../src/network/build.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import { googLeNet, v3 } from "../network/examples.ts";

const input = { height: 224, width: 224, channels: 3 };
const parts = (network: Layer, ...words: string[]): Parts | undefined => {
  const frozen = words.flatMap((word) => selected(network, word));
  return partsAt(network, (path) => frozen.includes(path));
};
const main = (network: Layer) => trace(network, input).filter(({ auxiliary }) => !auxiliary);

describe("the parts of a whole network", () => {
  const network = buildNetwork(googLeNet);
  const whole = main(network).map(({ path }) => path);

  test("with the trunk frozen meet before the classifier's dropout", () => {
    const { trunk, head } = parts(network, "trunk")!;
    expect(outputOf(trunk, input)).toEqual({ height: 1, width: 1, channels: 1024 });
    expect(owners(head).map(({ path }) => path)).toEqual(["Logits/dense"]);
    expect([...main(trunk).map(({ path }) => path), "Logits/dropout", "Logits/dense"]).toEqual(whole);
  });

  test("frozen through a block meet above the pool after it, with the auxiliary heads that are left in the upper one", () => {
    const { trunk, head } = parts(network, "through Mixed_4f")!;
    expect(outputOf(trunk, input)).toEqual({ height: 7, width: 7, channels: 832 });
    expect(owners(trunk).some(({ path }) => path.startsWith("AuxLogits"))).toBe(false);
    const early = parts(network, "through Mixed_4d")!;
    expect([...new Set(owners(early.head).map(({ path }) => path.split("/")[0]))]).toEqual([
      "Mixed_4e",
      "AuxLogits_4e",
      "Mixed_4f",
      "Mixed_5b",
      "Mixed_5c",
      "Logits",
    ]);
    expect(head).not.toEqual(early.head);
  });

  test("lie no higher than the first layer that learns, whatever is frozen above it", () => {
    expect(parts(network, "Mixed_5b", "Mixed_5c")).toBeUndefined();
    expect(parts(buildNetwork(v3), "**/batchNorm")).toBeUndefined();
  });
});

test("a block of branches is never cut, and a cut within a chain keeps both halves under its name", () => {
  const network = chain({
    a: conv(4, 1),
    mixed: concat({ left: conv(4, 1), right: conv(4, 1) }),
    head: chain({
      aux: tap(chain({ dense: dense(2) })),
      pool: globalPool,
      relu,
      dropout: dropout(0.5),
      dense: dense(2),
    }),
  });
  expect(parts(network, "a", "mixed/left")!.trunk).toEqual(chain({ a: conv(4, 1) }));
  const { trunk, head } = parts(network, "trunk")!;
  expect(main(trunk).map(({ path }) => path)).toEqual(["a", "mixed/left", "mixed/right", "head/pool", "head/relu"]);
  expect(head).toEqual(chain({ head: chain({ dropout: dropout(0.5), dense: dense(2) }) }));
});

test("there is no trunk without layers of its own", () => {
  expect(parts(chain({ pool: maxPool(2), dense: dense(2) }))).toBeUndefined();
});
