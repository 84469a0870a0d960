import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine } from "../../src/runtime/engine.ts";
import { type Engine, openSession } from "../../src/runtime/session.ts";
import { float, floatBytes, smallProgram } from "./programs.ts";

const program = smallProgram();
let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(program);
});
afterAll(() => engine.close());

const feeds = {
  bytes: { dtype: "string", value: floatBytes(0.1, -2, 1e30) },
  x: float(0.3),
  n: { dtype: "int32", shape: [2], value: Int32Array.of(5, 6) },
} as const;

test("the thread gives exactly what a session on this thread gives", async () => {
  const fetches = ["doubled", "sum", "count", "echo"];
  const session = openSession(program);
  expect(await engine.run(feeds, fetches)).toEqual(session.run(feeds, fetches));
  session.close();
});

test("shared memory crosses without a copy: what is written before the run starts is seen", async () => {
  const value = new Uint8Array(new SharedArrayBuffer(4));
  const slow = engine.run({ bytes: { dtype: "string", value: new Uint8Array(64 << 20) } }, ["doubled"]);
  const fast = engine.run({ bytes: { dtype: "string", value } }, ["doubled"]);
  value.set(floatBytes(21));
  await slow;
  expect((await fast)[0]!.data).toEqual(Float32Array.of(42));
});

test("runs keep their order and the calling thread stays live", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await engine.run({}, ["start"]);
  const amounts = Array.from({ length: 50 }, (_, index) => index);
  await Promise.all(amounts.map((amount) => engine.run({ x: float(amount) }, ["add"])));
  await engine.run({ bytes: { dtype: "string", value: new Uint8Array(64 << 20) } }, ["doubled"]);
  clearInterval(timer);
  expect((await engine.run({}, ["read"]))[0]!.data[0]).toBe(1225);
  expect(ticks).toBeGreaterThan(5);
});

test("two engines work side by side, each with variables of its own", async () => {
  const other = await startEngine(program);
  await Promise.all([engine.run({}, ["start"]), other.run({}, ["start"])]);
  await Promise.all(
    [1, 2, 3].flatMap((x) => [engine.run({ x: float(x) }, ["add"]), other.run({ x: float(10 * x) }, ["add"])]),
  );
  const values = await Promise.all([engine, other].map(async (each) => (await each.run({}, ["read"]))[0]!.data[0]));
  expect(values).toEqual([6, 60]);
  await other.close();
});

describe("errors", () => {
  test("cross with their message and leave the engine usable", async () => {
    await expect(engine.run({}, ["sum"])).rejects.toThrow(/placeholder.*x/i);
    await expect(engine.run({}, ["a,b"])).rejects.toThrow("comma");
    expect((await engine.run({ x: float(1) }, ["sum"]))[0]!.data[0]).toBe(2);
  });

  test("a program that is none refuses to start", async () => {
    await expect(startEngine(new Uint8Array([1, 2, 3]))).rejects.toThrow("SavedModel");
  });

  test("a closed engine finishes what was asked before and refuses what comes after", async () => {
    const closing = await startEngine(program);
    const last = closing.run({ x: float(4) }, ["sum"]);
    const closed = closing.close();
    await expect(closing.run({ x: float(4) }, ["sum"])).rejects.toThrow("closed");
    expect((await last)[0]!.data[0]).toBe(8);
    await closed;
    await closing.close();
  });

  test("without an engine the one sentence says what to run", async () => {
    process.env.XDG_CACHE_HOME = "/nonexistent";
    await expect(startEngine(program)).rejects.toMatchObject({
      name: "UserError",
      message: "This command needs the TensorFlow engine: run `inception setup` once.",
      exitCode: 8,
    });
    delete process.env.XDG_CACHE_HOME;
  });
});
