import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatReport, goalsOf, type Measurement, median, type RaceResult, speedOf } from "./report.ts";

const measured = (role: Measurement["role"], ...speeds: number[]): Measurement => ({
  role,
  name: role,
  turns: speeds.map((imagesPerSecond) => ({ imagesPerSecond })),
  failure: null,
});
const training = (...measurements: Measurement[]): RaceResult => ({
  title: "Training, float32",
  kind: "train",
  precision: "float32",
  device: "cpu",
  measurements,
});

describe("median", () => {
  test("is the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 10])).toBe(3);
    expect(median([4, 1, 10, 2])).toBe(3);
    expect(median([])).toBeNull();
  });

  test("has as many values below as above, and leaves its argument alone", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        const before = [...values];
        const middle = median(values)!;
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values).toEqual(before);
      }),
    );
  });
});

describe("goals", () => {
  test("compare medians, and the smaller of the two shares of the limit", () => {
    const ours: Measurement = {
      ...measured("ours"),
      turns: [7, 6, 5].map((imagesPerSecond) => ({ imagesPerSecond, limitShare: 0.55 })),
    };
    const goals = goalsOf([
      training(ours, measured("pytorch", 4, 4, 100), measured("keras", 4), measured("limit", 10)),
    ]);
    expect(goals.map(({ wanted, reached, met }) => [wanted, reached, met])).toEqual([
      [2, 1.5, false],
      [1.4, 1.5, true],
      [0.5, 0.55, true],
    ]);
    const share = goalsOf([training(ours, measured("limit", 15))]).at(-1);
    expect(share).toMatchObject({ reached: 0.4, met: false });
  });

  test("ask more of bfloat16 inference, both against float32 onnxruntime", () => {
    const inference = (precision: RaceResult["precision"]): RaceResult => ({
      title: "Inference",
      kind: "eval",
      precision,
      device: "cpu",
      measurements: [measured("ours", 20), measured("onnxruntime", 10), measured("limit", 25)],
    });
    const goals = goalsOf([inference("float32"), inference("bfloat16")]);
    expect(goals.map(({ wanted, met }) => [wanted, met])).toEqual([
      [1.8, true],
      [0.7, true],
      [2.5, false],
      [0.7, true],
    ]);
  });

  test("are against PyTorch alone on a GPU", () => {
    const measurements = [measured("ours", 1000), measured("pytorch", 900)];
    const of = (kind: "train" | "eval"): RaceResult => ({ ...training(...measurements), kind, device: "cuda" });
    expect(goalsOf([of("train"), of("eval")]).map(({ wanted, met }) => [wanted, met])).toEqual([
      [1, true],
      [1.2, false],
    ]);
  });

  test("want a small network 1.5 times as fast as PyTorch eager, whatever the compiled one reaches", () => {
    const result: RaceResult = {
      ...training(measured("ours", 15), measured("pytorch", 10), measured("pytorch-compiled", 12)),
      kind: "small",
    };
    expect(goalsOf([result])).toMatchObject([{ wanted: 1.5, reached: 1.5, met: true }]);
  });

  test("compare photographs with synthetic pictures", () => {
    const [goal] = goalsOf([
      { ...training(measured("ours", 20), measured("ours-real", 19)), title: "End to end", kind: "end-to-end" },
    ]);
    expect(goal).toMatchObject({ wanted: 0.95, reached: 0.95, met: true });
  });

  test("are not measured where a contestant dropped out, even after some turns", () => {
    const dropped: Measurement = { ...measured("pytorch", 4), failure: "ended with exit code 1" };
    const result = training(measured("ours", 6), dropped);
    expect(speedOf(result, "pytorch")).toBeNull();
    expect(goalsOf([result]).map(({ met }) => met)).toEqual([null, null, null]);
  });
});

test("the report shows medians, spread, ratios, failures and goals", () => {
  const failed: Measurement = { ...measured("keras"), failure: "ended with SIGKILL" };
  const text = formatReport([training(measured("ours", 6, 7, 8), measured("pytorch", 5, 5, 5), failed)]);
  expect(text).toMatch(/ours +7\.00 +6\.00 +8\.00 +1\.00/);
  expect(text).toMatch(/pytorch +5\.00 +5\.00 +5\.00 +1\.40/);
  expect(text).toMatch(/^keras: ended with SIGKILL$/m);
  expect(text).toMatch(/against PyTorch eager of the same precision +2\.00 +1\.40 +not met/);
  expect(text).toMatch(/share of the conv-rate limit +0\.50 +not measured/);
});
