// Models over pictures: what is needed opened once, then each model's scores, with its progress kept until all are done.
import { checkBatch } from "../config/most-pictures.ts";
import { UserError } from "../errors.ts";
import type { Average } from "../evaluate/average.ts";
import { dropBackground } from "../evaluate/background.ts";
import { type Evaluation, evaluatePictures, type PartOfWhole, type Progress } from "../evaluate/evaluation.ts";
import type { Journal } from "../evaluate/journal.ts";
import type { Model } from "../evaluate/model.ts";
import { precisionOf } from "../evaluate/model-evaluator.ts";
import type { EvaluationScores } from "../evaluate/saved.ts";
import { type Shard, stretchOf } from "../evaluate/shard.ts";
import { type ViewChoice, withView } from "../evaluate/view.ts";
import type { JpegReduction } from "../images/jpeg-reduction.ts";
import { cropCounts, type Protocol } from "../images/protocols.ts";
import { countAmong } from "../images/same-pictures.ts";
import { type Listing, stretchOfListing } from "../images/sources/source.ts";

import { requireSameClasses } from "./ensemble.ts";
import { type ChosenPictures, choosePictures, type PictureChoice } from "./pictures.ts";
import { requireSame, resultFolder, subjectOf } from "./result-folder.ts";

/** What is asked of an evaluation. */
export interface EvaluationRequest extends PictureChoice, ViewChoice {
  readonly crops: Protocol;
  readonly average: Average;
  readonly precision: "auto" | "float32" | "bfloat16";
  /** The model's where left out; it was opened with it. */
  readonly jpegReduction?: JpegReduction;
  /** Pictures or crops at a time; the model's where left out. */
  readonly batch?: number;
  readonly onBadImage: "fail" | "skip";
  readonly output?: string;
  readonly blacklist?: string;
  /** A list that says which pictures belong together. */
  readonly groups?: string;
  /** A file with several right labels for a picture. */
  readonly real?: string;
}

/** What an evaluation needs from outside. */
export interface EvaluationSetting {
  /** The validation pictures of a model's experiment. */
  readonly validationOf: (model: Model) => Promise<Listing>;
  /** What a model was trained on; undefined where that is not known any more. */
  readonly trainingOf: (model: Model) => Promise<Listing | undefined>;
  /** Called as each model begins; what it returns hears how far that is. `models` are the number and the count of all. */
  readonly watch: (model: { readonly number: number; readonly models: number; readonly crops: number }) => ModelWatcher;
  readonly signal: AbortSignal;
  /** Takes the progress of a whole evaluation, which then stays on disk until it removes it. */
  readonly keep?: (progress: Pick<Journal, "remove">) => void;
}
export interface ModelWatcher {
  progress(progress: Progress): void;
  /** Whatever happened. */
  ended(): void;
}

/** Stopped: which model, and how many of its pictures are done. */
export type Stopped = { readonly stopped: { readonly path: string; readonly done: number; readonly listed: number } };

/** Models as they look at the pictures, these, and what was asked with nothing left open. */
export interface Subject {
  readonly models: readonly Model[];
  readonly request: EvaluationRequest;
  readonly listing: ChosenPictures;
  /** Where the listing is a part. */
  readonly part?: PartOfWhole | undefined;
}

/** Throws UserError where models do not go together or with the pictures. */
export async function openSubject(
  chosen: readonly Model[],
  asked: EvaluationRequest & { readonly part?: Shard | undefined },
  { validationOf, trainingOf }: Pick<EvaluationSetting, "validationOf" | "trainingOf">,
): Promise<Subject> {
  requireEnsemble(chosen);
  const viewed = chosen.map((model) => withView(model, asked, asked.crops));
  const background = asked.backgroundClass ?? viewed[0]!.preprocessing.background;
  const request = { ...asked, backgroundClass: background };
  const whole = await choosePictures(viewed, request, validationOf);
  const judge = async (model: Model): Promise<Model> => {
    const training = asked.data === undefined ? undefined : await trainingOf(model);
    return training ? { ...model, trainedHere: await countAmong(whole.items, training.items) } : model;
  };
  const models = await Promise.all(viewed.map(judge));
  if (asked.part === undefined) return { models, request, listing: whole };
  const batches = models.map((model) => asked.batch ?? model.batch);
  const listed = whole.items.length;
  const { first, end } = stretchOf(asked.part, listed, cropCounts[asked.crops], batches);
  const part = { ...asked.part, first, listed, fingerprint: whole.fingerprint, background };
  return { models, request, listing: { ...whole, ...stretchOfListing(whole, first, end) }, part };
}

/** One model's scores and the folder that they belong into. */
export type ScoredModel = {
  readonly folder: string;
  readonly scores: EvaluationScores;
  readonly fresh: { readonly model: Model; readonly speed: Evaluation["speed"] };
};

/**
 * Each model over the pictures; `take` writes its scores as soon as they are whole, and `end` what all together give. The progress is kept until
 * then, so that the same call goes on where it was stopped.
 */
export async function scoreModels<Member, End>(
  { models, request, listing, part }: Subject,
  { watch, signal, keep = (progress) => progress.remove() }: Omit<EvaluationSetting, "validationOf" | "trainingOf">,
  { take, end }: { take: (scored: ScoredModel) => Member; end: (members: readonly Member[]) => End },
): Promise<End | Stopped> {
  const of = (some: readonly Model[]) =>
    subjectOf(some, listing.fingerprint, request, (model) => precisionOf(model, request.precision));
  const { output, crops } = request;
  if (output !== undefined) requireSame(output, of(models));
  const listed = listing.items.length;
  const journals: Journal[] = [];
  const members: Member[] = [];
  try {
    for (const [i, model] of models.entries()) {
      const number = models.length > 1 ? i + 1 : undefined;
      const folder = resultFolder(model, of([model]), { ...request, part }, number);
      const watcher = watch({ number: i + 1, models: models.length, crops: cropCounts[crops] * listed });
      const { saved, done, speed, journal } = await evaluate(model, listing, request, {
        folder,
        watcher,
        signal,
        part,
      });
      journals.push(journal);
      if (!saved) return { stopped: { path: model.path, done, listed } };
      const found = request.backgroundClass && !part ? dropBackground(saved) : saved;
      const scores = listing.subset ? { ...found, subset: listing.subset } : found;
      members.push(take({ folder, scores, fresh: { model, speed } }));
    }
    const together = end(members);
    for (const journal of journals) keep(journal);
    return together;
  } finally {
    for (const journal of journals) journal.close();
  }
}

async function evaluate(
  model: Model,
  listing: Listing,
  { crops, average, precision, batch, onBadImage }: EvaluationRequest,
  {
    part,
    folder,
    watcher,
    signal,
  }: Pick<Subject, "part"> & { folder: string; watcher: ModelWatcher; signal: AbortSignal },
): Promise<Evaluation> {
  if (batch !== undefined) checkBatch(batch, model.size);
  try {
    return await evaluatePictures(model, listing, {
      protocol: crops,
      average,
      precision: precisionOf(model, precision),
      batch: batch ?? model.batch,
      folder,
      signal,
      shard: part,
      onBad: ({ name, reason }) => {
        if (onBadImage === "fail")
          throw new UserError("data", `${name}: ${reason}`, {
            hint: "--on-bad-image skip leaves it out and lists it",
          });
      },
      onProgress: (progress) => watcher.progress(progress),
    });
  } finally {
    watcher.ended();
  }
}

function requireEnsemble(models: readonly Model[]): void {
  const [first, ...others] = models;
  for (const other of others) {
    requireSameClasses(first!, other);
    if (other.preprocessing.background !== first!.preprocessing.background)
      throw new UserError(
        "usage",
        `only one of ${first!.path} and ${other.path} has a background class, expected both or none`,
      );
  }
  const twice = models.find(({ path }, i) => models.findIndex((other) => other.path === path) !== i);
  if (twice) throw new UserError("usage", `${twice.path} is given twice, expected different models`);
}
