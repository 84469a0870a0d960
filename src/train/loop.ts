// The training loop: batches in, steps, validations, checkpoints; stops cleanly when asked.
import type { CheckpointFiles, WholeFiles } from "../checkpoint/store.ts";
import { agree } from "../cluster/peers.ts";
import { UserError } from "../errors.ts";
import { evaluate } from "../evaluate/evaluator.ts";
import { type Summary, summarize } from "../evaluate/metrics.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { Batch } from "../images/batches.ts";
import { seedPair } from "../images/random.ts";
import { diverged, firstNotFinite } from "./divergence.ts";
import { phaseLength } from "./phases.ts";
import { learningRate, warmedDecay } from "./schedule.ts";
import { skippedWith } from "./skip.ts";
import { checkpointIsDue, isOutOfPatience, saveClock, validationIsDue } from "./timetable.ts";
import { shareOf } from "./together.ts";
import type { MicroBatch, Rates, StepFigures } from "./trainer.ts";
import { beginning, type Position, type Skipped, type Training } from "./training.ts";

/** `confusions`: of every picture its label and the class predicted. */
export type Judged = Summary & { readonly confusions?: readonly (readonly [label: number, predicted: number])[] };
export type Validation = { readonly raw: Judged; readonly average: Judged | undefined };
export type StepReport = StepFigures &
  Rates & {
    readonly step: number;
    readonly epoch: number;
    /** Seconds that it took, and how many of them it waited for its pictures. */
    readonly seconds: number;
    readonly waited: number;
    readonly skipped?: Skipped;
  };

/** What a step is taken with. */
export type Stepping = Pick<Training, "experiment" | "length" | "phase" | "trainer" | "variables" | "together">;

/** What a run tells as it goes, in the order in which it happens. */
export interface Reporter {
  step(report: StepReport): void;
  validating(done: number, of: number): void;
  validated(position: Position, validation: Validation): void;
  save(position: Position, files: CheckpointFiles): void;
  bad(failure: { name: string; reason: string }): void;
}

/**
 * Trains from `start` to the end of the phase, out of patience, or until the signal; in any case the last position is saved, where pictures end
 * it (UserError("data")), too, and what is due by the clock is saved on the way. Throws UserError("diverged") where a figure, a validation or
 * what would be saved is not finite.
 */
export async function train(
  run: Training,
  start: Position,
  reporter: Reporter,
  stop: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<Position> {
  const clock = saveClock(run, now);
  const asked = run.together?.asked ?? stop;
  let saved = start;
  const report: Reporter = {
    ...reporter,
    save(position, files) {
      clock.reset();
      reporter.save(position, files);
      saved = position;
    },
  };
  let position = start;
  let names: readonly string[] = [];
  const saveRest = async (): Promise<void> => {
    if (saved === position && position !== beginning) return;
    report.save(position, await soundState(run, position.step, names));
  };
  try {
    position = await validateAgain(run, start, report, asked);
    if (await goesOn(run, position, stop))
      for await (const { batch, waited } of timed(run.pictures.training(start.step, run.phase.end, report.bad))) {
        position = await takeStep(run, position, batch, waited, report);
        ({ names } = batch);
        if (stop.aborted) break;
        const validates = validationIsDue(run, position.step);
        if (!validates && !checkpointIsDue(run, position.step) && !clock.isDue()) continue;
        const files = await soundState(run, position.step, names);
        if (validates) {
          const validating = (done: number, of: number): void => {
            report.validating(done, of);
            if (clock.isDue()) report.save(position, files);
          };
          position = await validate(run, position, files, { ...report, validating }, asked);
        }
        if (saved !== position) report.save(position, files);
        if (validates && !(await goesOn(run, position, stop))) break;
      }
  } catch (error) {
    if (error instanceof UserError && error.reason === "data") await saveRest();
    throw error;
  }
  await saveRest();
  return position;
}

/** What is saved after a step on these pictures. Throws UserError("diverged") where a value is not finite. */
export async function soundState(
  { trainer, variables }: Pick<Training, "trainer" | "variables">,
  step: number,
  names: readonly string[],
): Promise<WholeFiles> {
  const files = await trainer.save();
  const first = firstNotFinite(files, variables);
  if (first !== undefined) throw diverged({ step, what: "left values that are not finite", first, names });
  return files;
}

/** Whether steps follow; of several processes all hear it of the chief, and go on from its state. */
export async function goesOn(run: Stepping, position: Position, stop: AbortSignal): Promise<boolean> {
  const { together, trainer, phase } = run;
  const isStopped = stop.aborted || together?.asked.aborted === true;
  const ends = isOutOfPatience(run, position);
  if (together === undefined) return !isStopped && !ends;
  const all = await agree(together, isStopped ? "stop" : ends || position.step >= phase.end ? "end" : "go");
  if (all === "stop") together.stop();
  if (all === "go") await trainer.synchronize?.();
  return all === "go";
}

/** A run that stopped before or in a validation makes up for it, so that its figures are those of a run that did not stop. */
const validateAgain = async (run: Training, start: Position, report: Reporter, stop: AbortSignal): Promise<Position> =>
  start.step > 0 && start.validated !== start.step && validationIsDue(run, start.step)
    ? validate(run, start, await run.trainer.save(), report, stop)
    : start;

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

export async function takeStep(
  run: Stepping,
  position: Position,
  batch: Batch,
  waited: number,
  report: Pick<Reporter, "step">,
): Promise<Position> {
  const { learningRate, ...others } = rates(run, position.step);
  const now = { ...others, learningRate: learningRate * (position.rollbacks?.rate ?? 1) };
  const began = performance.now();
  const given = microBatches(run, position.step, batch);
  const figures = await run.trainer.step(given, now);
  const seconds = waited + (performance.now() - began) / 1000;
  const step = position.step + 1;
  const skipped = await skippedWith(run, position, figures, { given, names: batch.names });
  const counted = skipped ? { skipped } : {};
  report.step({ ...figures, ...now, ...counted, step, epoch: step / run.length.stepsPerEpoch, seconds, waited });
  return { ...position, ...counted, step };
}

/** Schedules and the warm-up of averages begin anew with each phase; statistics that were trained before need none. */
export function rates(
  { experiment: { train }, length, phase }: Pick<Training, "experiment" | "length" | "phase">,
  step: number,
): Rates {
  const { learningRate: full, warmupEpochs, first } = phase;
  const done = step - first;
  const trained = train.from !== undefined;
  return {
    learningRate: learningRate({ ...train, learningRate: full, warmupEpochs }, done, phaseLength(phase, length)),
    averageRate: train.averageDecay === null ? 0 : 1 - warmedDecay(train.averageDecay, done),
    statisticsRate: 1 - (trained ? train.batchNormDecay : warmedDecay(train.batchNormDecay, done)),
    update: done + 1,
  };
}

/** This process's part of the batch in micro-batches of `microBatch` pictures, each with a dropout seed of its own. */
export function microBatches(
  { experiment, together }: Pick<Training, "experiment" | "together">,
  number: number,
  { images, labels, mixed }: Batch,
): MicroBatch[] {
  const { index, of } = shareOf(together);
  const { batch, microBatch = batch } = experiment.train;
  const own = batch / of;
  const pictureBytes = images.length / own;
  const before = (index * own) / microBatch;
  return Array.from({ length: own / microBatch }, (_, i) => {
    const [from, to] = [i * microBatch, (i + 1) * microBatch];
    return {
      images: images.subarray(from * pictureBytes, to * pictureBytes),
      labels: labels.subarray(from, to),
      ...(mixed && { mixed: { second: mixed.second.subarray(from, to), shares: mixed.shares.subarray(from, to) } }),
      seed: [...seedPair(experiment.seed, "dropout", number, before + i)] as [number, number],
    };
  });
}

/** Validates the raw and the averaged weights; the best position is by the averaged ones where there are any. */
async function validate(
  run: Training,
  position: Position,
  files: CheckpointFiles,
  report: Reporter,
  stop: AbortSignal,
): Promise<Position> {
  const of = (weights: string) => `step ${position.step} (${weights} weights)`;
  const raw = await summary(run, files.weights as NamedTensors, of("raw"), report, stop);
  if (stop.aborted) return position;
  const average = files.average && (await summary(run, files.average as NamedTensors, of("averaged"), report, stop));
  if (stop.aborted) return position;
  const top1 = (average ?? raw).top1.value;
  const better = position.best === null || top1 > position.best.top1;
  const best = better ? { step: position.step, top1 } : position.best;
  const next = { ...position, best, validated: position.step };
  report.validated(next, { raw, average });
  return next;
}

async function summary(
  { evaluator, pictures, sets }: Training,
  weights: NamedTensors,
  model: string,
  report: Reporter,
  signal: AbortSignal,
): Promise<Judged> {
  await evaluator.load(weights, model);
  const batches = pictures.validation(report.bad);
  const onBatch = (done: number) => report.validating(done, sets.validation.items.length);
  const predictions = await evaluate(evaluator, batches, { model, onBatch, signal });
  return {
    ...summarize(predictions, sets.validation.classes.length),
    confusions: predictions.map(({ label, top }) => [label, top[0]!.class]),
  };
}
