// What a training reads, in batches: pictures, or features of them that have been computed once.
import type { Experiment } from "../config/schema.ts";
import { asTrained } from "../config/train-size.ts";
import { UserError } from "../errors.ts";
import { fitOf } from "../evaluate/fit.ts";
import {
  type BadPicture,
  type Batch,
  type Decoders,
  evaluationBatches,
  type Slot,
  trainingBatches,
} from "../images/batches.ts";
import { batchesPerEpoch } from "../images/epoch.ts";
import { epochOrder, redraws } from "../images/order.ts";
import type { Listing } from "../images/sources/listing.ts";
import type { Features } from "./features.ts";
import type { Phase } from "./phases.ts";
import { type Share, whole } from "./together.ts";
import { variationOf } from "./variation.ts";

type OnBad = (failure: BadPicture) => void;
type Sets = { readonly train: Listing; readonly validation: Listing };

export interface Pictures {
  /** The batches of these steps, counted from the run's start. */
  training(start: number, end: number, onBad: OnBad): AsyncGenerator<Batch, undefined>;
  /** Every picture once. */
  validation(onBad: OnBad): AsyncGenerator<Batch, undefined>;
}

/** What ends a training that a picture may not be left out of. */
export const unreadable = ({ name, reason }: BadPicture): UserError =>
  new UserError("data", `${name}: ${reason}`, {
    hint: "with --set data.onBadImage=skip, also on --resume, such pictures are left out and listed",
  });

/** Throws UserError("data") where more pictures were left out than `data.badImageLimit`, rounded up. */
export function requireFewBad(count: number, { experiment, sets }: Pick<Reading, "experiment" | "sets">): void {
  const { badImageLimit } = experiment.data;
  const all = sets.train.items.length + sets.validation.items.length;
  const most = Math.ceil(badImageLimit * all);
  if (count <= most) return;
  throw new UserError(
    "data",
    `${count} of ${all} pictures cannot be read, expected at most ${most} (data.badImageLimit is ${badImageLimit})`,
    { hint: "rejected.jsonl in the run's folder lists them; --resume with --set data.badImageLimit=<share> goes on" },
  );
}

/** What is read and by what. */
export type Reading = {
  readonly experiment: Experiment;
  readonly sets: Sets;
  /** Pictures at a time in a validation. */
  readonly evaluator: { readonly batch: number };
  readonly decoders: Decoders;
};

/** `share`: this process's part of each training batch. */
export const decodedPictures = (
  { experiment, sets, evaluator, decoders }: Reading,
  share: Share = whole,
): Pictures => ({
  training: (start, end, onBad) =>
    trainingBatches({
      decoders,
      listing: sets.train,
      size: asTrained(experiment).data.size,
      batch: experiment.train.batch,
      seed: experiment.seed,
      start,
      end,
      part: share,
      ...variationOf(experiment),
      jpegReduction: experiment.data.jpegReduction,
      onBad,
    }),
  validation: (onBad) =>
    evaluationBatches({
      decoders,
      listing: sets.validation,
      size: experiment.data.size,
      batch: evaluator.batch,
      ...asEvaluated(experiment),
      onBad,
    }),
});

/** Every version of every picture: all in the first version, then all in the second. */
export function trainingSlots({ experiment, sets }: Pick<Reading, "experiment" | "sets">, phase: Phase): Slot[] {
  const { seed, data } = experiment;
  const { augment } = variationOf(experiment);
  return Array.from({ length: phase.views }, (_, view) =>
    sets.train.items.map((item, position): Slot => {
      if (view === 0 && phase.plainFirst) return { item, treatment: asEvaluated(experiment) };
      return { item, treatment: { augment, seed, epoch: view, position, jpegReduction: data.jpegReduction } };
    }),
  ).flat();
}

export const validationSlots = ({ experiment, sets }: Pick<Reading, "experiment" | "sets">): Slot[] =>
  sets.validation.items.map((item) => ({ item, treatment: asEvaluated(experiment) }));

const asEvaluated = ({ data, evaluate }: Experiment) => ({
  preset: evaluate.preset,
  choice: { fit: fitOf(evaluate.fit, data.pixels) },
  jpegReduction: data.jpegReduction,
});

/** The same order as that of decoded pictures; an epoch sees one version, and the versions take turns. Bad ones have been told. */
export const featurePictures = (
  { experiment, sets, evaluator }: Omit<Reading, "decoders">,
  { views }: Pick<Phase, "views">,
  features: { readonly train: Features; readonly validation: Features },
): Pictures => {
  const { train, data, seed } = experiment;
  const batchOf = (
    of: Features,
    rows: readonly number[],
    names: readonly string[],
    index: number,
    batch: number,
  ): Batch => {
    const images = new Uint8Array(batch * of.rowBytes);
    of.read(rows, images);
    const labels = Int32Array.from({ length: batch }, (_, i) => (i < rows.length ? of.labels[rows[i]!]! : -1));
    return { index, images, labels, names: [...names], count: rows.length };
  };
  const rowOf = (epoch: number, item: number): number => (epoch % views) * sets.train.items.length + item;
  /** The item in this place of the epoch, or the one drawn again in the place of one that was left out. */
  const readable = (epoch: number, place: number, order: ArrayLike<number>): number => {
    const isThere = (item: number): boolean => features.train.labels[rowOf(epoch, item)] !== -1;
    if (isThere(order[place]!)) return order[place]!;
    for (const item of redraws(seed, epoch, place, order)) if (isThere(item)) return item;
    throw new UserError("data", `${sets.train.path}: too few of its pictures can be read`);
  };
  return {
    async *training(start, end): AsyncGenerator<Batch, undefined> {
      const { items } = sets.train;
      const perEpoch = batchesPerEpoch(items.length, train.batch);
      let order: ArrayLike<number> = [];
      const places = perEpoch * train.batch;
      for (let index = start; index < end; index++) {
        const epoch = Math.floor(index / perEpoch);
        if (index === start || index % perEpoch === 0) order = epochOrder(data.sampling, seed, epoch, items, places);
        const first = (index % perEpoch) * train.batch;
        const shown = Array.from({ length: train.batch }, (_, i) => readable(epoch, first + i, order));
        const rows = shown.map((item) => rowOf(epoch, item));
        yield batchOf(
          features.train,
          rows,
          shown.map((item) => items[item]!.name),
          index,
          train.batch,
        );
      }
    },
    async *validation(): AsyncGenerator<Batch, undefined> {
      const { labels } = features.validation;
      const good = sets.validation.items.flatMap((item, row) => (labels[row] === -1 ? [] : [{ row, name: item.name }]));
      for (let index = 0; index * evaluator.batch < good.length; index++) {
        const own = good.slice(index * evaluator.batch, (index + 1) * evaluator.batch);
        const [rows, names] = [own.map(({ row }) => row), own.map(({ name }) => name)];
        yield batchOf(features.validation, rows, names, index, evaluator.batch);
      }
    },
  };
};
