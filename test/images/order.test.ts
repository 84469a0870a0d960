// Which pictures an epoch shows: each once, or each class as often as any other.
import fc from "fast-check";
import { expect, test } from "vitest";
import { epochOrder } from "../../src/images/order.ts";
import { permutation } from "../../src/images/random.ts";

const itemsOf = (...counts: number[]) =>
  counts.flatMap((count, label) => Array.from({ length: count }, () => ({ label })));

test("uniform is the permutation of the epoch, from its start again", () => {
  const order = permutation(7, 3, 10);
  expect([...epochOrder("uniform", 7, 3, itemsOf(4, 6), 25)]).toEqual([...order, ...order, ...order.slice(0, 5)]);
});

test("balanced: each class as often as any other or once more, its pictures in turns, whatever their numbers", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }).filter((counts) => counts.some((count) => count > 0)),
      fc.integer({ min: 1, max: 100 }),
      fc.nat(5),
      (counts, places, epoch) => {
        const items = itemsOf(...counts);
        const order = epochOrder("balanced", 7, epoch, items, places);
        expect(order.length).toBe(places);
        expect(epochOrder("balanced", 7, epoch, items, places)).toEqual(order);
        const present = counts.filter((count) => count > 0).length;
        for (const [label, count] of counts.entries()) {
          const drawn = [...order].filter((index) => items[index]!.label === label);
          if (count === 0) expect(drawn).toEqual([]);
          else expect([Math.floor(places / present), Math.ceil(places / present)]).toContain(drawn.length);
          const times = new Map<number, number>();
          for (const index of drawn) times.set(index, (times.get(index) ?? 0) + 1);
          for (const [, often] of times)
            expect([Math.floor(drawn.length / count), Math.ceil(drawn.length / count)]).toContain(often);
        }
      },
    ),
  );
});

test("in another epoch others of a large class come, and another class has the odd place; in a batch they are mixed", () => {
  const items = itemsOf(100, 4, 4);
  const epochs = Array.from({ length: 40 }, (_, epoch) => [...epochOrder("balanced", 1, epoch, items, 40)]);
  const seen = new Set(epochs.flat().filter((index) => index < 100));
  expect(seen.size).toBeGreaterThan(95);
  const most = epochs.map((order) =>
    [0, 1, 2].find((label) => order.filter((i) => items[i]!.label === label).length === 14),
  );
  expect(new Set(most)).toEqual(new Set([0, 1, 2]));
  const firsts = epochs.map((order) => new Set(order.slice(0, 12).map((index) => items[index]!.label)).size);
  expect(firsts.filter((classes) => classes === 3).length).toBeGreaterThan(35);
});
