import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { checkSize, smallestSize } from "../../src/interpret/fits.ts";
import { anyNetwork, v3 } from "../network/examples.ts";

describe("smallestSize", () => {
  it.each([
    [{}, 75],
    [{ stemStride: 1 }, 39],
    [{ stemStride: 1, stemPool: false }, 21],
  ] as const)("%j: %i px", (changes, size) => {
    expect(smallestSize({ ...v3, ...changes })).toBe(size);
    expect(smallestSize({ ...v3, ...changes, auxiliary: "off" })).toBe(size);
  });

  it("is where sizes begin to fit, whatever the switches", () => {
    fc.assert(
      fc.property(anyNetwork, fc.integer({ min: 0, max: 300 }), (options, more) => {
        const smallest = smallestSize(options);
        expect(() => checkSize(options, smallest + more)).not.toThrow();
        expect(() => checkSize(options, smallest - 1)).toThrow(UserError);
      }),
      { numRuns: 25 },
    );
  });
});

describe("checkSize", () => {
  it("names the smallest size that fits, and the stems that take less", () => {
    const refuse = () => checkSize(v3, 74);
    expect(refuse).toThrow("inception-v3 with this stem needs an input of at least 75 px, got 74 px");
    expect(refuse).toThrow(expect.objectContaining({ reason: "usage", hint: expect.stringMatching(/39 px.*21 px/) }));
  });
});
