// Items that are in work side by side: how many, in which order they come, and what a failure leaves behind.
import fc from "fast-check";
import { expect, test } from "vitest";
import { inOrder } from "../../src/runtime/in-order.ts";

const after = (turns: number): Promise<void> =>
  turns === 0 ? Promise.resolve() : new Promise((resolve) => setImmediate(() => resolve(after(turns - 1))));

test("every item once, in order, however long each takes, and never more than so many in work", async () => {
  const settings = fc.record({ times: fc.array(fc.nat(4), { maxLength: 9 }), atOnce: fc.integer({ min: 1, max: 4 }) });
  await fc.assert(
    fc.asyncProperty(settings, async ({ times, atOnce }) => {
      let [now, most] = [0, 0];
      const begin = async (turns: number) => {
        most = Math.max(most, ++now);
        await after(turns + 1);
        now--;
        return turns * 10;
      };
      const given = [];
      for await (const [item, made] of inOrder(times, atOnce, begin)) given.push([item, made]);
      expect(given).toEqual(times.map((turns) => [turns, turns * 10]));
      expect(most).toBeLessThanOrEqual(atOnce);
      expect(most).toBe(Math.min(times.length, atOnce));
    }),
    { numRuns: 100 },
  );
});

test("one at a time begins nothing before what was given has been used", async () => {
  const heard: string[] = [];
  const begin = async (item: number) => void heard.push(`begin ${item}`);
  for await (const [item] of inOrder([1, 2], 1, begin)) heard.push(`use ${item}`);
  expect(heard).toEqual(["begin 1", "use 1", "begin 2", "use 2"]);
});

test("a failure is thrown in its turn, after what came before it, when nothing is in work any more", async () => {
  const ended: number[] = [];
  const begin = async (item: number) => {
    await after(item === 2 ? 0 : 5);
    ended.push(item);
    if (item === 2) throw new Error("two is bad");
    return item;
  };
  const given: number[] = [];
  const all = async () => {
    for await (const [, made] of inOrder([1, 2, 3, 4], 3, begin)) given.push(made);
  };
  await expect(all()).rejects.toThrow("two is bad");
  expect(given).toEqual([1]);
  expect(ended).toEqual([2, 1, 3, 4]);
});

test("who stops early waits for what is in work, and the items hear of it", async () => {
  let [closed, ended] = [false, 0];
  async function* items() {
    try {
      for (let item = 0; ; item++) yield item;
    } finally {
      closed = true;
    }
  }
  const begin = () => after(3).then(() => ended++);
  for await (const _ of inOrder(items(), 3, begin)) break;
  expect({ closed, ended }).toEqual({ closed: true, ended: 3 });
});
