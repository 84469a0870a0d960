import { expect, test } from "vitest";
import { experimentSchema } from "../../src/config/schema.ts";
import { freeMemory } from "../../src/runtime/free-memory.ts";
import { foreseeStep, memoryWarning, stepMemory } from "../../src/train/memory.ts";

const experiment = (train: object) =>
  experimentSchema.parse({
    network: { name: "inception-v3" },
    data: { train: "photos", size: 299 },
    train: { precision: "float32", ...train },
  });
const gibibytes = (count: number): number => count * 2 ** 30;

test("a step of Inception-v3 needs its maps, five copies of its weights, and the engine", () => {
  const [one, two] = [1, 2].map((batch) => stepMemory(experiment({}), 1000, batch));
  // 27,161,264 parameters; 2842.5 MiB of maps for 32 pictures in float32 (inception cost).
  expect((two! - one!) / 2 ** 20).toBeCloseTo(2842.5 / 32, 0);
  expect(one! - (two! - one!)).toBe(27_161_264 * 4 * 5 + 500 * 2 ** 20);
});

test("what does not fit is said, with the largest micro-batch that does", () => {
  expect(memoryWarning(experiment({ batch: 32 }), 1000, gibibytes(8))).toBeUndefined();
  expect(memoryWarning(experiment({ batch: 32 }), 1000, gibibytes(3))).toBe(
    "a step needs at least 3.8 GiB of memory, and 3.0 are free; set train.microBatch to 16",
  );
  expect(memoryWarning(experiment({ batch: 32, microBatch: 16 }), 1000, gibibytes(2))).toMatch(/microBatch to 8$/);
  expect(memoryWarning(experiment({ batch: 32 }), 1000, gibibytes(0.5))).toMatch(
    /a smaller network or size needs less$/,
  );
});

test("what fits is its own largest micro-batch, and nothing may fit", () => {
  const fitting = (train: object, free: number) => foreseeStep(experiment(train), 1000, gibibytes(free));
  expect(fitting({ batch: 32 }, 8)).toMatchObject({ pictures: 32, fitting: 32 });
  expect(fitting({ batch: 32, microBatch: 8 }, 8)).toMatchObject({ pictures: 8, fitting: 8 });
  expect(fitting({ batch: 32 }, 1)).toMatchObject({ pictures: 32, fitting: null });
});

test("a frozen trunk is not foreseen", () => {
  expect(memoryWarning(experiment({ batch: 32, freeze: ["Mixed_5b"] }), 1000, 0)).toBeUndefined();
});

test("this machine has some memory left", () => {
  expect(freeMemory()).toBeGreaterThan(gibibytes(0.1));
});
