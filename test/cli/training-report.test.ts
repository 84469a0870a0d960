import { expect, test } from "vitest";
import type { TrainingOutcome } from "../../src/cli/training.ts";
import { nextCommands, sayOutcome } from "../../src/cli/training-report.ts";

const outcome = (step: number, changes: Partial<TrainingOutcome>): TrainingOutcome => ({
  ...{ run: "runs/train/x-1", classes: 4, rejected: 0, seconds: 1, maxTime: undefined, late: false, report: undefined },
  ...{ finished: false, stoppedEarly: false, length: { steps: 40, stepsPerEpoch: 10 } },
  position: { step, best: null, validated: 0 },
  ...changes,
});
const resume = "\nresume with: inception train --resume runs/train/x-1";

test.each([
  [outcome(0, {}), "stopped before its first step\nbegin it anew: inception train runs/train/x-1/config.yaml"],
  [outcome(12, {}), `stopped and saved at step 12${resume}`],
  [outcome(12, { late: true }), `stopped and saved at step 12 of 40, as its time is over${resume}`],
  [outcome(40, {}), `stopped and saved at step 40 of 40, in its last validation${resume}`],
  [
    outcome(40, { finished: true, position: { step: 40, best: { step: 30, top1: 0.5 }, validated: 40 } }),
    "finished after 40 steps; best top-1 50.00% at step 30, where chance is 25.00%",
  ],
])("%j", (outcome, words) => expect(sayOutcome(outcome)).toBe(`runs/train/x-1: ${words}`));

test("the report is named before what comes next, where it could be written", () => {
  const lines = nextCommands(outcome(40, { report: "runs/train/a-1/report.html" })).split("\n");
  expect(lines[0]).toBe("report      runs/train/a-1/report.html");
  expect(nextCommands(outcome(40, {}))).not.toContain("report");
});
