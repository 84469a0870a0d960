// A training made ready for its steps: with pictures, or with features of them that are computed now or lie beside the run.
import { join } from "node:path";
import { nodeFs } from "../checkpoint/files.ts";
import type { BadPicture, Slot } from "../images/batches.ts";
import type { RunPaths } from "../run/paths.ts";
import { type Features, openFeatures } from "./features.ts";
import { decodedPictures, featurePictures, trainingSlots, validationSlots } from "./pictures.ts";
import { shareOf } from "./together.ts";
import type { Trunk } from "./trainer.ts";
import type { OpenedTraining, Training } from "./training.ts";
import { variationOf } from "./variation.ts";

export interface Prepared {
  readonly training: Training;
  close(): void;
}

type Surroundings = {
  readonly folder: Pick<RunPaths, "features">;
  readonly onBad: (failure: BadPicture) => void;
  /** Hears how many pictures' features are done; not called where none are computed. */
  readonly onFeatures: (done: number, of: number) => void;
  readonly stop: AbortSignal;
};

/** After the trainer has begun. Undefined where the signal stopped it. */
export async function prepare(run: OpenedTraining, around: Surroundings): Promise<Prepared | undefined> {
  const { phase, trainer } = run;
  const { trunk } = trainer;
  if (phase.views === 0 || !trunk)
    return { training: { ...run, pictures: decodedPictures(run, shareOf(run.together)) }, close() {} };
  const slots = { train: trainingSlots(run, phase), validation: validationSlots(run) };
  const all = slots.train.length + slots.validation.length;
  const open = (set: keyof typeof slots, before: number) =>
    openSet(run, trunk, {
      ...around,
      set,
      slots: slots[set],
      onDone: (done) => around.onFeatures(before + done, all),
    });
  const train = await open("train", 0);
  if (!train) return undefined;
  const validation = await open("validation", slots.train.length);
  if (!validation) {
    train.close();
    return undefined;
  }
  const { fromFeatures } = trunk;
  const pictures = featurePictures(run, phase, { train, validation });
  return {
    training: {
      ...run,
      trainer: { ...trainer, step: fromFeatures.step, firstOverflow: fromFeatures.firstOverflow },
      pictures,
    },
    close() {
      train.close();
      validation.close();
    },
  };
}

/** Takes away the features of a phase that has ended. */
export const removeFeatures = ({ features }: Pick<RunPaths, "features">): void => nodeFs.remove(features);

type OfSet = Surroundings & {
  readonly set: "train" | "validation";
  readonly slots: readonly Slot[];
  readonly onDone: (done: number) => void;
};

function openSet(run: OpenedTraining, trunk: Trunk, of: OfSet): Promise<Features | undefined> {
  const { experiment, sets, phase, arithmetic, decoders } = run;
  const { data, train, seed, evaluate } = experiment;
  const { views, plainFirst } = phase;
  const treated = of.set === "train" ? { augment: variationOf(experiment).augment, seed, views, plainFirst } : {};
  const { preset, fit } = evaluate;
  const key = { trunk: trunk.digest(), set: sets[of.set].fingerprint, size: data.size, pixels: data.pixels };
  return openFeatures({
    path: join(of.folder.features, `${of.set}.f32`),
    key: JSON.stringify({ ...key, ...treated, preset, fit, jpegReduction: data.jpegReduction, arithmetic }),
    slots: of.slots,
    trunk,
    decoders,
    size: data.size,
    batch: train.microBatch ?? train.batch,
    onBad: of.onBad,
    onDone: of.onDone,
    stop: of.stop,
  });
}
