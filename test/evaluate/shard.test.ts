// Shares of an evaluation: they cover all pictures once, and begin where batches do.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readShard, stretchOf } from "../../src/evaluate/shard.ts";

test.each(["2", "0/3", "4/3", "a/b", "1/0", "-1/2"])("the shard %j is refused", (text) => {
  expect(() => readShard(text)).toThrow("expected a share such as 2/8");
});

test("2/8 is the second of eight", () => {
  expect(readShard("2/8")).toEqual({ part: 2, of: 8 });
});

test.each([
  [{ part: 1, of: 3 }, 100, 1, [32], { first: 0, end: 32 }],
  [{ part: 3, of: 3 }, 100, 1, [32], { first: 64, end: 100 }],
  // 144 crops of two pictures fill nine batches of 32.
  [{ part: 2, of: 16 }, 50_000, 144, [32], { first: 3125 - (3125 % 2), end: 6250 }],
  [{ part: 2, of: 2 }, 100, 1, [8, 12], { first: 48, end: 100 }],
])("%j of %d pictures, %d crops in batches of %j", (shard, pictures, crops, batches, expected) => {
  expect(stretchOf(shard, pictures, crops, batches)).toEqual(expected);
});

test("shards follow one another over all pictures, none is empty, and each begins with a batch of every model", () => {
  const numbers = fc.record({
    pictures: fc.integer({ min: 1, max: 3000 }),
    crops: fc.constantFrom(1, 10, 12, 36, 144),
    batches: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 2 }),
    of: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(numbers, ({ pictures, crops, batches, of }) => {
      let next = 0;
      try {
        for (let part = 1; part <= of; part++) {
          const { first, end } = stretchOf({ part, of }, pictures, crops, batches);
          expect(first).toBe(next);
          expect(end).toBeGreaterThan(first);
          for (const batch of batches) expect((first * crops) % batch).toBe(0);
          next = end;
        }
        expect(next).toBe(pictures);
      } catch (error) {
        expect(`${error}`).toContain("expected no more shards than these");
        expect(pictures).toBeLessThan(of * batches.reduce((product, batch) => product * batch, 1));
      }
    }),
  );
});
