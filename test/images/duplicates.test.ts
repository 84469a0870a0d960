import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { groupsOf, nearPairs, type Print, printOf, printSize } from "../../src/images/duplicates.ts";

/** Smooth shades by chance, in bytes. */
function picture(seed: number): Uint8Array {
  const wave = (place: number): number => Math.sin((place * (seed + 3)) % 97) + Math.cos((place * (seed * 7 + 1)) % 53);
  return Uint8Array.from({ length: printSize * printSize * 3 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3 / printSize) >> 2, (Math.floor(i / 3) % printSize) >> 2];
    return Math.round(128 + 60 * wave(row * 8 + column));
  });
}

describe("a print", () => {
  test("of a gradient has each place brighter to the right, and of its mirror image none", () => {
    const ramp = (mirrored: boolean) =>
      Uint8Array.from({ length: printSize * printSize * 3 }, (_, i) => {
        const column = Math.floor(i / 3) % printSize;
        return 8 * (mirrored ? printSize - 1 - column : column);
      });
    expect(printOf(ramp(false)).parts).toEqual([0xffff, 0xffff, 0xffff, 0xffff]);
    expect(printOf(ramp(true)).parts).toEqual([0, 0, 0, 0]);
    expect([...printOf(ramp(false)).levels.slice(0, 8)]).toEqual([12, 44, 76, 108, 140, 172, 204, 236]);
  });

  test("hardly changes with a little noise, and is another for another picture", () => {
    const noisy = (seed: number) => picture(seed).map((level, i) => level + ((i * 7919) % 5) - 2);
    const prints = [1, 2, 3, 4].flatMap((seed) => [picture(seed), noisy(seed)]).map(printOf);
    expect(nearPairs(prints)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ]);
  });

  test("of other brightness is another picture's", () => {
    const dark = picture(1).map((level) => level / 2);
    expect(nearPairs([picture(1), dark].map(printOf))).toEqual([]);
  });
});

test("every pair within three bits is found, whichever parts they lie in, and no other", () => {
  const bits = fc.uniqueArray(fc.nat(63), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 12 }), (all) => {
      const prints = all.map((places): Print => {
        const parts: [number, number, number, number] = [0, 0, 0, 0];
        for (const place of places) parts[place % 4]! |= 1 << (place >> 2);
        return { parts, levels: new Uint8Array(64) };
      });
      const apart = (a: readonly number[], b: readonly number[]): number =>
        a.filter((x) => !b.includes(x)).length + b.filter((x) => !a.includes(x)).length;
      const expected = all.flatMap((a, i) =>
        all.flatMap((b, j) => (i < j && apart(a, b) <= 3 ? [[i, j] as [number, number]] : [])),
      );
      expect(nearPairs(prints)).toEqual(expected);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("keys that are there more than once", () => {
  expect(groupsOf(["a", "b", "a", "c", "b", "a"])).toEqual([
    [0, 2, 5],
    [1, 4],
  ]);
  expect(groupsOf([])).toEqual([]);
});
