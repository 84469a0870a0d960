// R15: a value that is not finite, put into a real training at some step, is named, and enters no checkpoint whatever the policy does about it.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { listCheckpoints, readCheckpoint } from "../../src/checkpoint/store.ts";
import { allFinite } from "../../src/evaluate/finite.ts";
import { createRun } from "../../src/run/folder.ts";
import { runTraining, type Watcher } from "../../src/train/run.ts";
import { fromSeed } from "../../src/train/start.ts";
import type { MicroBatch, Rates } from "../../src/train/trainer.ts";
import { openSets, type Sets } from "../../src/train/training.ts";
import { proved, tries } from "../proof.ts";
import { experimentOn, newFolder, quiet, shapes } from "./support.ts";

type Step = readonly [batches: readonly MicroBatch[], rates: Rates];
/** What a step is given in the place of its pictures' shares and rates. */
const faults: Readonly<Record<string, (step: Step) => Step>> = {
  "a loss of NaN": ([batches, rates]) => [
    batches.map((batch) => ({
      ...batch,
      mixed: { second: batch.labels, shares: new Float32Array(batch.labels.length).fill(Number.NaN) },
    })),
    rates,
  ],
  "an update of NaN": ([batches, rates]) => [batches, { ...rates, learningRate: Number.NaN }],
  "an update beyond float32": ([batches, rates]) => [batches, { ...rates, learningRate: 1e38 }],
};
const injected = vi.hoisted(() => ({ change: (step: Step): Step => step }));
vi.mock("../../src/train/trunk.ts", async (original) => {
  const { startTrainer, ...others } = await original<typeof import("../../src/train/trunk.ts")>();
  const started: typeof startTrainer = async (...given) => {
    const trainer = await startTrainer(...given);
    return { ...trainer, step: (...step) => trainer.step(...injected.change(step)) };
  };
  return { ...others, startTrainer: started };
});

/** Weights of 1e37 are finite: the next step is the first with a value that is not, or a validation before it. */
const seenAfter: Readonly<Record<string, number>> = { "an update beyond float32": 1 };

const policies = {
  stop: "{ name: stop }",
  "skip-batch": "{ name: skip-batch, inRow: 2 }",
  rollback: "{ name: rollback }",
};
const kinds = Object.keys(faults).flatMap((fault) => Object.keys(policies).map((policy) => ({ fault, policy })));
const steps = 8;
/** Each kind at several steps, which go round. */
const cases = Array.from({ length: tries(kinds.length, 30) }, (_, i) => ({
  ...kinds[i % kinds.length]!,
  step: 2 + ((3 * i + Math.floor(i / kinds.length)) % (steps - 2)),
}));

const folder = newFolder();
let [source, sets]: [string, Sets | undefined] = ["", undefined];
beforeAll(async () => {
  source = await shapes(folder);
  sets = await openSets(experimentOn(source));
});
const counts = { named: 0, checkpoints: 0, finished: 0 };
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  proved("R15", { injections: cases.length, ...counts, notFinite: 0 });
});
beforeEach(() => {
  injected.change = (step) => step;
});

test.each(cases)("$fault at step $step, $policy", { timeout: 60_000 }, async ({ fault, policy, step }) => {
  let times = 0;
  injected.change = (given) => (given[1].update === step && times++ === 0 ? faults[fault]!(given) : given);
  const experiment = experimentOn(
    source,
    ...[`train.steps=${steps}`, "augment.mix={ name: mixup }", "network.auxiliary=off"],
    ...["checkpoint.everySteps=1", "checkpoint.keep=20"],
    `train.onDivergence=${policies[policy as keyof typeof policies]}`,
  );
  const run = createRun(folder, "tiny", "", { argv: [], versions: {}, dataFingerprint: "" });
  const said: string[] = [];
  const watcher: Watcher = { ...quiet, warning: (text) => void said.push(text) };
  const asked = { experiment, sets: sets!, folder: run, start: fromSeed(experiment), watcher };
  const outcome = await runTraining({ ...asked, stop: new AbortController().signal }).catch((error: Error) => {
    said.push(error.message);
    return error;
  });
  run.close(0);

  expect(times).toBeGreaterThan(0);
  const seen = [step, step + (seenAfter[fault] ?? 0)].map((at) => `step ${at} `);
  const named = said.filter((text) => seen.some((start) => text.startsWith(start)));
  expect(named.length, said.join("\n")).toBeGreaterThan(0);
  counts.named++;
  const goesOn = policy === "rollback" || (policy === "skip-batch" && fault === "a loss of NaN");
  if (goesOn) expect(outcome).toMatchObject({ finished: true });
  else
    expect(outcome).toMatchObject({
      reason: "diverged",
      message: expect.stringMatching(
        /^step \d+ .* not finite, (first in \S+ \(.*\); its 8 pictures: |though all |once batch norms )/,
      ),
    });
  if (goesOn) counts.finished++;
  const kept = listCheckpoints(run.checkpoints);
  expect(kept.length).toBeGreaterThan(0);
  for (const name of kept) {
    const { files } = readCheckpoint(name.path);
    const tensors = Object.values(files).flatMap((file) => [...file]);
    expect(tensors.filter(([, { data }]) => !allFinite(data as Float32Array)).map(([tensor]) => tensor)).toEqual([]);
    counts.checkpoints++;
  }
});
