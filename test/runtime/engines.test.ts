// Several engines of one program: each in its turn, all with the same variables, and one end for all of them.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEngine } from "../../src/runtime/engine.ts";
import { type Engines, startEngines } from "../../src/runtime/engines.ts";
import { inOrder } from "../../src/runtime/in-order.ts";
import type { Engine } from "../../src/runtime/session.ts";
import { float, smallProgram } from "./programs.ts";

const program = smallProgram();
let engines: Engines;
beforeAll(async () => {
  engines = await startEngines(program, 2);
});
afterAll(() => engines.close());

const numbers = Array.from({ length: 9 }, (_, i) => i);

test("what runs in turns is what one engine gives, in the same order", async () => {
  const alone = await startEngine(program);
  const given: number[] = [];
  for await (const [x, tensors] of inOrder(numbers, engines.atOnce, (x) => engines.run({ x: float(x) }, ["sum"]))) {
    expect(tensors).toEqual(await alone.run({ x: float(x) }, ["sum"]));
    given.push(x);
  }
  expect(given).toEqual(numbers);
  await alone.close();
});

test("each has variables of its own, which `all` reaches", async () => {
  await engines.all({}, ["start"]);
  await engines.all({ x: float(3) }, ["add"]);
  for (const x of [10, 20, 100, 200]) await engines.run({ x: float(x) }, ["add"]);
  const values = await Promise.all([1, 2].map(async () => (await engines.run({}, ["read"]))[0]!.data[0]));
  expect(values.sort((a, b) => a! - b!)).toEqual([113, 223]);
});

test("an error of either comes through, and both stay usable", async () => {
  for (const _ of [1, 2]) await expect(engines.run({}, ["sum"])).rejects.toThrow(/placeholder.*x/i);
  await expect(engines.all({}, ["sum"])).rejects.toThrow(/placeholder.*x/i);
  for (const _ of [1, 2]) expect((await engines.run({ x: float(1) }, ["sum"]))[0]!.data[0]).toBe(2);
});

test("closing closes each", async () => {
  const closed: number[] = [];
  const fake = (id: number): Engine => ({ run: async () => [], close: async () => void closed.push(id) });
  let started = 0;
  const both = await startEngines(program, 2, async () => fake(started++));
  await both.close();
  expect(closed).toEqual([0, 1]);
});

test("where one does not start, the others are closed and its reason is thrown", async () => {
  let [started, closed] = [0, 0];
  const start = async (): Promise<Engine> => {
    if (started++ === 1) throw new Error("no second one");
    return { run: async () => [], close: async () => void closed++ };
  };
  await expect(startEngines(program, 3, start)).rejects.toThrow("no second one");
  expect({ started, closed }).toEqual({ started: 3, closed: 2 });
});
