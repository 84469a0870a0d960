// What a run has come to, by its curves and its accuracy.
import { describe, expect, test } from "vitest";
import { parseExperiment } from "../../src/config/load.ts";
import type { Log } from "../../src/run-report/log.ts";
import { nextStep, type Situation, shellWord } from "../../src/run-report/next-step.ts";
import { judgeLearning, trainingFell } from "../../src/run-report/verdict.ts";
import { rate } from "../../src/statistics/interval.ts";

/** A run of ten steps to an epoch with these validation losses, of which the last is 80% right. */
function logOf(losses: readonly number[], training: (epoch: number) => number, top1 = 0.8): Log {
  const validations = losses.map((loss, i) => {
    const judged = { top1: top1 - 0.001 * Math.abs(loss), loss };
    return { step: 10 * (i + 1), epoch: i + 1, n: 500, raw: judged, average: undefined, judged };
  });
  const best = validations.reduce((best, one) => (one.judged.top1 > best.judged.top1 ? one : best));
  return {
    stepsPerEpoch: 10,
    training: Array.from({ length: 10 * losses.length }, (_, i) => ({
      ...{ step: i + 1, epoch: (i + 1) / 10, loss: training((i + 1) / 10) },
      ...{ learningRate: 0.1, gradientNorm: 1, seconds: 1, waited: 0 },
    })),
    validations,
    best,
  };
}
const falling = (epoch: number): number => 2 / (1 + epoch);
const against = { chance: 0.1, majority: { name: "cat", share: 0.2 } };

describe("a run", () => {
  test("has learned where its loss settles", () => {
    const { learning, reasons, top1 } = judgeLearning(logOf([1, 0.6, 0.5, 0.45, 0.445, 0.446], falling), against);
    expect(learning).toBe("learned");
    expect(reasons[0]).toBe("The validation loss has settled at 0.446; the best accuracy was at epoch 5.");
    expect(top1!.value).toBeCloseTo(0.79956, 4);
    expect(top1!.interval).toEqual(rate(0.799555 * 500, 500).interval);
  });

  test("was not done where its loss still falls", () => {
    const { learning, reasons } = judgeLearning(logOf([1, 0.9, 0.8, 0.7, 0.6], falling), against);
    expect(learning).toBe("improving");
    expect(reasons[0]).toContain("from 0.700 to 0.600");
  });

  test("has overfitted where the validation loss rises while the training loss falls, and not where both rise", () => {
    const losses = [1, 0.6, 0.5, 0.6, 0.7, 0.9];
    const { learning, reasons } = judgeLearning(logOf(losses, falling), against);
    expect(learning).toBe("overfitting");
    expect(reasons[0]).toMatch(/least at epoch 3 \(0\.500\) and rose to 0\.900 since, while the training loss fell/);
    expect(
      judgeLearning(
        logOf(losses, (epoch) => epoch),
        against,
      ).learning,
    ).toBe("learned");
  });

  test("is no better than chance where its interval reaches guessing or the commonest class", () => {
    const log = logOf([2.3, 2.3, 2.3, 2.3], falling, 0.22);
    expect(judgeLearning(log, against).learning).toBe("chance");
    expect(judgeLearning(log, against).reasons[0]).toContain("the commonest class");
    expect(judgeLearning(log, { chance: 0.1 }).learning).toBe("learned");
  });

  test("is judged by its evaluation where there is one, and not at all where there is nothing", () => {
    expect(judgeLearning(logOf([1, 0.5, 0.4, 0.4], falling), against, rate(20, 100)).learning).toBe("chance");
    const empty = { stepsPerEpoch: 1, training: [], validations: [], best: undefined };
    expect(judgeLearning(empty, against)).toMatchObject({ learning: "untested", top1: undefined });
  });

  test("learned its training pictures where the loss fell by a tenth", () => {
    expect(trainingFell(logOf([1, 1, 1, 1, 1], falling))).toBe(true);
    expect(trainingFell(logOf([1, 1, 1, 1, 1], () => 2.3))).toBe(false);
  });
});

describe("the next step", () => {
  const { experiment } = parseExperiment("data: { train: photos }\ntrain: { epochs: 8 }", "a.yaml");
  const situation = (learning: Situation["judgement"]["learning"], more: Partial<Situation> = {}): Situation => ({
    path: "runs/train/it's-1",
    experiment,
    exit: 0,
    judgement: { learning, top1: undefined, reasons: [] },
    trainingFell: true,
    isEvaluated: true,
    chosenHere: false,
    ...more,
  });
  const run = "'runs/train/it'\\''s-1'";

  test.each([
    ["stopped before its end", situation("learned", { exit: 75 }), `inception train --resume ${run}`],
    ["diverged", situation("overfitting", { exit: 4 }), "--set train.onDivergence.name=rollback"],
    ["not evaluated", situation("improving", { isEvaluated: false }), `inception eval ${run}`],
    ["chosen here", situation("learned", { chosenHere: true }), `inception eval ${run} --data <pictures>`],
    ["learned", situation("learned"), `inception predict <picture> --model ${run}`],
    ["improving", situation("improving"), "--set train.epochs=16"],
    ["overfitting", situation("overfitting"), "--set augment.trivialAugment=true"],
    ["chance", situation("chance"), "inception data check"],
    ["no loss that falls", situation("chance", { trainingFell: false }), "--find-rate"],
  ])("of a run that is %s", (_, given, command) => {
    expect(nextStep(given).command).toContain(command);
  });

  test("names paths as a shell takes them", () => {
    expect(["runs/a-1", "a b", "$(rm)", "~/x"].map(shellWord)).toEqual(["runs/a-1", "'a b'", "'$(rm)'", "~/x"]);
  });
});
