import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { permutation, philox, random, seedPair } from "../../src/images/random.ts";

const hex = (words: Uint32Array) => [...words].map((word) => word.toString(16).padStart(8, "0")).join(" ");

describe("philox", () => {
  // The known answers that come with the authors' library Random123.
  it.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [Array(4).fill(0xffffffff), Array(2).fill(0xffffffff), "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ])("gives the published words for %j", (counter, key, expected) => {
    expect(hex(philox(Uint32Array.from(counter), Uint32Array.from(key)))).toBe(expected);
  });
});

describe("random", () => {
  const draw = (...place: Parameters<typeof random>) => {
    const source = random(...place);
    return Array.from({ length: 9 }, () => source.uniform());
  };
  it("is the same at the same place and another elsewhere", () => {
    const here = draw(42, "augment", 3, 7);
    expect(draw(42, "augment", 3, 7)).toEqual(here);
    for (const place of [
      [43, "augment", 3, 7],
      [2 ** 32 + 42, "augment", 3, 7],
      [42, "dropout", 3, 7],
      [42, "augment", 4, 7],
      [42, "augment", 3, 8],
      [42, "augment", 3, 2 ** 32 + 7],
    ] as Parameters<typeof random>[])
      expect(draw(...place)[0]).not.toBe(here[0]);
  });
  it("has the moments of its distributions", () => {
    const source = random(1, "init", 0, 0);
    const n = 20_000;
    const mean = (next: () => number) => Array.from({ length: n }, next).reduce((a, b) => a + b) / n;
    expect(mean(() => source.uniform(2, 4))).toBeCloseTo(3, 1);
    expect(mean(() => source.normal())).toBeCloseTo(0, 1);
    expect(mean(() => source.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => source.int(5))).toBeCloseTo(2, 1);
    expect(mean(() => Number(source.chance(0.25)))).toBeCloseTo(0.25, 1);
  });
  it("refuses what is not a whole number from 0", () => {
    expect(() => random(-1, "init", 0, 0)).toThrow(RangeError);
    expect(() => random(0, "init", 0.5, 0)).toThrow(RangeError);
  });
});

describe("permutation", () => {
  it("holds every number once", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(100), fc.nat(300), (seed, epoch, n) => {
        expect([...permutation(seed, epoch, n)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
      { numRuns: 50 },
    );
  });
  it("differs from epoch to epoch", () => {
    expect(permutation(1, 0, 50)).not.toEqual(permutation(1, 1, 50));
  });
});

it("seedPair gives two int32 that depend on every part", () => {
  const pairs = [
    seedPair(1, "dropout", 0, 0),
    seedPair(1, "dropout", 0, 1),
    seedPair(1, "dropout", 1, 0),
    seedPair(2, "dropout", 0, 0),
  ].map((pair) => [...pair].join());
  expect(new Set(pairs).size).toBe(4);
});
