// A learning-rate range test at work: an experiment's own step on its own pictures; nothing is kept of it.
import type { Experiment } from "../config/schema.ts";
import { startDecoders } from "../images/batches.ts";
import { threads } from "../runtime/threads.ts";
import { microBatches } from "./loop.ts";
import { decodedPictures, unreadable } from "./pictures.ts";
import { allSteps, type RangeCurve, rangeTest } from "./rate-range.ts";
import { fromBeginning } from "./start.ts";
import { phasesOfRun, type Sets, startTrainerOf } from "./training.ts";

export type RateTestOptions = {
  readonly experiment: Experiment;
  readonly sets: Sets;
  /** Hears of each step that is done. */
  readonly onStep: (step: number, of: number, rate: number, loss: number) => void;
  readonly stop: AbortSignal;
};

/** Of the phase that the run begins with, whose rate is `key`. */
export type RateTest = RangeCurve & {
  readonly key: "train.learningRate" | "train.headFirst.learningRate";
  /** What the experiment has there. */
  readonly given: number;
};

/**
 * On pictures that are not mixed: what MixUp does to the loss of a batch is more than what a rate does. Undefined where the signal stopped it.
 * Throws UserError("data") for a picture that cannot be read where the experiment refuses it.
 */
export async function testRates({
  experiment: whole,
  sets,
  onStep,
  stop,
}: RateTestOptions): Promise<RateTest | undefined> {
  const train = { ...whole.train, compile: "off" as const };
  const experiment = { ...whole, train, augment: { ...whole.augment, mix: null } };
  const [phase] = phasesOfRun(experiment, sets);
  const trainer = await startTrainerOf(experiment, sets, phase!);
  const decoders = startDecoders(experiment.data.decoders ?? threads());
  const test = rangeTest(phase!.learningRate);
  const onBad = (picture: { name: string; reason: string }): void => {
    if (experiment.data.onBadImage === "fail") throw unreadable(picture);
  };
  try {
    await trainer.begin(await fromBeginning(experiment, sets.train.classes));
    const pictures = decodedPictures({ experiment, sets, evaluator: experiment.evaluate, decoders });
    for await (const batch of pictures.training(0, allSteps, onBad)) {
      if (stop.aborted) return undefined;
      const learningRate = test.rate();
      const { loss, gradientNorm } = await trainer.step(microBatches({ experiment }, batch.index, batch), {
        learningRate,
        averageRate: 0,
        statisticsRate: 1 - experiment.train.batchNormDecay,
        update: batch.index + 1,
      });
      const ended = test.add(Number.isFinite(gradientNorm) ? loss : Number.NaN);
      onStep(batch.index + 1, allSteps, learningRate, loss);
      if (ended) break;
    }
  } finally {
    await Promise.all([trainer.close(), decoders.close()]);
  }
  if (stop.aborted) return undefined;
  return {
    ...test.curve(),
    key: phase!.name === "head" ? "train.headFirst.learningRate" : "train.learningRate",
    given: phase!.learningRate,
  };
}
