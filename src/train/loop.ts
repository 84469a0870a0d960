// The training loop: batches in, steps, validation at each epoch's end, checkpoints; stops cleanly when asked.
import type { CheckpointFiles } from "../checkpoint/store.ts";
import { UserError } from "../errors.ts";
import { evaluate } from "../evaluate/evaluator.ts";
import { type Summary, summarize } from "../evaluate/metrics.ts";
import type { NamedTensors } from "../graph/state.ts";
import { type Batch, evaluationBatches, trainingBatches } from "../images/batches.ts";
import { seedPair } from "../images/random.ts";
import { averageDecay, learningRate } from "./schedule.ts";
import type { MicroBatch, Rates, StepFigures } from "./trainer.ts";
import type { Position, Training } from "./training.ts";

export type Validation = { readonly raw: Summary; readonly average: Summary | undefined };
export type StepReport = StepFigures &
  Rates & { readonly step: number; readonly epoch: number; readonly waited: number };

/** What a run tells as it goes, in the order in which it happens. */
export interface Reporter {
  step(report: StepReport): void;
  validating(done: number, of: number): void;
  validated(position: Position, validation: Validation): void;
  save(position: Position, files: CheckpointFiles): void;
  bad(failure: { name: string; reason: string }): void;
}

/** Trains from `start` to the end of the length, or until the signal; either way the last position is saved. */
export async function train(run: Training, start: Position, report: Reporter, stop: AbortSignal): Promise<Position> {
  const { length } = run;
  let saved = start.step;
  let position = start;
  if (start.step > 0 && start.validated !== start.step && validationIsDue(run, start.step)) {
    position = await validate(run, start, await run.trainer.save(), report, stop);
    if (position.validated === start.step) saved = -1;
  }
  while (position.step < length.steps && !stop.aborted) {
    for await (const { batch, waited } of timed(epochBatches(run, position.step, report))) {
      const figures = await step(run, position.step, batch);
      position = { ...position, step: position.step + 1 };
      report.step({
        ...figures,
        ...rates(run, position.step - 1),
        step: position.step,
        epoch: position.step / length.stepsPerEpoch,
        waited,
      });
      const atEnd = position.step % length.stepsPerEpoch === 0 || position.step === length.steps;
      const every = run.experiment.checkpoint.everySteps;
      if (stop.aborted || atEnd || position.step === length.steps) break;
      if (every !== undefined && position.step % every === 0) {
        report.save(position, await run.trainer.save());
        saved = position.step;
      }
    }
    if (stop.aborted) break;
    const files = await run.trainer.save();
    if (validationIsDue(run, position.step)) position = await validate(run, position, files, report, stop);
    report.save(position, files);
    saved = position.step;
  }
  if (saved !== position.step) report.save(position, await run.trainer.save());
  return position;
}

function epochBatches(
  { experiment, sets, length, decoders }: Training,
  step: number,
  report: Reporter,
): AsyncGenerator<Batch> {
  return trainingBatches({
    decoders,
    listing: sets.train,
    size: experiment.data.size,
    batch: experiment.train.batch,
    seed: experiment.seed,
    epoch: Math.floor(step / length.stepsPerEpoch),
    start: step % length.stepsPerEpoch,
    augment: experiment.augment,
    onBad: report.bad,
  });
}

/** Batches with the seconds that the caller waited for each. */
async function* timed(batches: AsyncGenerator<Batch>): AsyncGenerator<{ batch: Batch; waited: number }> {
  try {
    for (;;) {
      const asked = performance.now();
      const next = await batches.next();
      if (next.done) return;
      yield { batch: next.value, waited: (performance.now() - asked) / 1000 };
    }
  } finally {
    await batches.return(undefined);
  }
}

const rates = ({ experiment: { train }, length }: Training, step: number): Rates => ({
  learningRate: learningRate(train, step, length),
  averageRate: train.averageDecay === null ? 0 : 1 - averageDecay(train.averageDecay, step),
});

async function step(run: Training, number: number, batch: Batch): Promise<StepFigures> {
  const figures = await run.trainer.step(microBatches(run, number, batch), rates(run, number));
  if (Object.values(figures).every(Number.isFinite)) return figures;
  throw new UserError(
    "diverged",
    `step ${number + 1} gave a loss or gradient that is not finite; its pictures: ${batch.names.join(", ")}`,
    {
      hint: "the checkpoints before it are intact; try a lower train.learningRate or a longer train.warmupEpochs",
    },
  );
}

/** The batch in micro-batches of `microBatch` pictures, each with a dropout seed of its own. */
function microBatches({ experiment }: Training, number: number, { images, labels }: Batch): MicroBatch[] {
  const { batch, microBatch = batch } = experiment.train;
  const pictureBytes = images.length / batch;
  return Array.from({ length: batch / microBatch }, (_, i) => ({
    images: images.subarray(i * microBatch * pictureBytes, (i + 1) * microBatch * pictureBytes),
    labels: labels.subarray(i * microBatch, (i + 1) * microBatch),
    seed: [...seedPair(experiment.seed, "dropout", number, i)] as [number, number],
  }));
}

const validationIsDue = ({ experiment, length }: Training, step: number): boolean => {
  const epochs = step / length.stepsPerEpoch;
  const before = (step - 1) / length.stepsPerEpoch;
  const { everyEpochs } = experiment.evaluate;
  return step === length.steps || Math.floor(epochs / everyEpochs) > Math.floor(before / everyEpochs);
};

/** Validates the raw and the averaged weights; the best position is by the averaged ones where there are any. */
async function validate(
  run: Training,
  position: Position,
  files: CheckpointFiles,
  report: Reporter,
  stop: AbortSignal,
): Promise<Position> {
  const raw = await summary(run, files.weights as NamedTensors, report, stop);
  const average = files.average && (await summary(run, files.average as NamedTensors, report, stop));
  if (stop.aborted) return position;
  const top1 = (average ?? raw).top1.value;
  const better = position.best === null || top1 > position.best.top1;
  const best = better ? { step: position.step, top1 } : position.best;
  const next = { ...position, best, validated: position.step };
  report.validated(next, { raw, average });
  return next;
}

async function summary(
  { experiment, evaluator, decoders, sets }: Training,
  weights: NamedTensors,
  report: Reporter,
  signal: AbortSignal,
): Promise<Summary> {
  await evaluator.load(weights);
  const batches = evaluationBatches({
    decoders,
    listing: sets.validation,
    size: experiment.data.size,
    batch: evaluator.batch,
    preset: experiment.evaluate.preset,
    onBad: report.bad,
  });
  const onBatch = (done: number) => report.validating(done, sets.validation.items.length);
  return summarize(await evaluate(evaluator, batches, { onBatch, signal }), sets.validation.classes.length);
}
