import { expect, test } from "vitest";
import { curves, drawCurve, meanCurve, rangeOf } from "../../src/ablate/curves.ts";

test("a band goes from the lowest to the highest seed, where all of them have a point; a seed alone has none", () => {
  const first = [1, 2, 3].map((epoch) => [epoch, epoch] as const);
  const second = [1, 2].map((epoch) => [epoch, 10 * epoch] as const);
  expect(rangeOf([first, second])).toEqual([
    [1, 1, 10],
    [2, 2, 20],
  ]);
  expect(rangeOf([first])).toEqual([]);
  expect(meanCurve([...first, ...second])).toEqual([
    [1, 5.5],
    [2, 11],
    [3, 3],
  ]);
});

test("a drawing of several seeds has a band, marks at whole epochs, and says what both are", () => {
  const log = (top1: number) =>
    [1, 2, 3].flatMap((epoch) => {
      const none = { epoch: undefined, averageLoss: undefined, averageTop1: undefined, top1: undefined };
      return [
        { ...none, kind: "train" as const, step: 10 * epoch, epoch, loss: 1 / epoch },
        { ...none, kind: "validation" as const, step: 10 * epoch, top1: top1 + epoch / 10, loss: 1 },
      ];
    });
  const drawn = (logs: ReturnType<typeof log>[]) => drawCurve(curves.accuracy, [{ name: "plain", logs }])!;
  const two = drawn([log(0.1), log(0.3)]);
  expect(two).toContain("Validation accuracy, mean and range of the seeds");
  expect(two).toContain("plain (2 seeds)");
  expect(two.match(/fill-opacity="0.18"/g)).toHaveLength(1);
  expect(two).toMatch(/>0<[\s\S]*>1<[\s\S]*>2<[\s\S]*>3</);
  expect(two).not.toMatch(/>[012]\.5</);
  const one = drawn([log(0.1)]);
  expect(one).not.toContain("range");
  expect(one).not.toContain("fill-opacity");
});
