import { describe, expect, it } from "vitest";
import { receptiveFields } from "../../src/interpret/receptive-field.ts";
import { chain, concat, conv, maxPool } from "../../src/network/build.ts";
import type { Layer } from "../../src/network/layer.ts";

const last = (network: Layer) => [...receptiveFields(network).values()].at(-1);

describe("receptiveFields", () => {
  it("two 3x3 see what a 5x5 sees", () => {
    expect(last(chain([conv(1, 3), conv(1, 3)]))).toEqual(last(chain([conv(1, 5)])));
  });

  it("a stride widens what follows it", () => {
    expect(last(chain([conv(1, 3, { stride: 2 }), maxPool(3, { stride: 2 }), conv(1, 3)]))).toEqual({
      height: 3 + 2 * 2 + 2 * 4,
      width: 3 + 2 * 2 + 2 * 4,
      stride: 4,
    });
  });

  it("a concat sees the most on each axis", () => {
    expect(last(concat({ wide: conv(1, [1, 7]), high: conv(1, [5, 1]) }))).toEqual({ height: 5, width: 7, stride: 1 });
  });
});
