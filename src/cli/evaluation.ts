// The work of `inception eval`: models and pictures together, and the files with the result.
import { dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import type { Average } from "../evaluate/average.ts";
import { dropBackground, matchForeground } from "../evaluate/background.ts";
import { type Blacklist, readBlacklist, requireUse } from "../evaluate/blacklist.ts";
import { combine, requireSameClasses } from "../evaluate/ensemble.ts";
import { type Evaluation, evaluatePictures } from "../evaluate/evaluation.ts";
import { type Figures, figuresOf } from "../evaluate/figures.ts";
import type { Journal } from "../evaluate/journal.ts";
import { type Prediction, type Summary, summarize } from "../evaluate/metrics.ts";
import { type Model, type ModelChoice, openModel } from "../evaluate/model.ts";
import { predictionsOf, summaryOf } from "../evaluate/results.ts";
import { readSaved, type Saved, type SavedModel } from "../evaluate/saved.ts";
import { cropCounts, type Protocol } from "../images/protocols.ts";
import { nameClasses } from "../images/sources/class-names.ts";
import { type Listing, matchClasses, openSource, thinOut } from "../images/sources/source.ts";
import { makeNumbered, newestRun } from "../run/folder.ts";
import { choosePrecision } from "../runtime/features.ts";
import { openSets } from "../train/training.ts";
import { writeResults } from "./evaluation-document.ts";
import { note } from "./print.ts";
import { formatDuration, progressBar } from "./progress.ts";

export interface EvaluationOptions {
  readonly data?: string;
  readonly limit?: number;
  readonly crops: Protocol;
  readonly average: Average;
  readonly precision: "auto" | "float32" | "bfloat16";
  readonly batch?: number;
  readonly onBadImage: "fail" | "skip";
  readonly output?: string;
  readonly labels?: string;
  readonly blacklist?: string;
  readonly backgroundClass?: boolean;
}
/** The result of one model or of an ensemble. */
export interface Evaluated {
  readonly saved: Omit<Saved, "path">;
  readonly summary: Summary;
  readonly predictions: readonly Prediction[];
  readonly figures: Figures;
  /** Where the pictures came from; a recombined result does not know. */
  readonly source?: string;
  /** What only a freshly evaluated single model has. */
  readonly fresh?: { readonly model: Model; readonly speed: Evaluation["speed"] };
  /** Of an ensemble: each model alone, and the first so many together. */
  readonly alone: readonly { readonly model: SavedModel; readonly summary: Summary }[];
  readonly prefixes: readonly { readonly models: number; readonly summary: Summary }[];
}
/** A result and the folder that it was written to; or how far it had come when it was stopped. */
export type EvaluationEnd =
  | { readonly result: Evaluated; readonly folder: string }
  | { readonly stopped: { readonly path: string; readonly done: number; readonly listed: number } };

/** The model at `path`, or that of the newest run, said aloud. */
export function openChosen(path: string | undefined, choice: Omit<ModelChoice, "onBroken">): Model {
  const chosen = path ?? newestRun("runs/train");
  if (chosen === undefined)
    throw new UserError("checkpoint", "there is no run in runs/train to evaluate", {
      hint: "train one: inception train",
    });
  if (path === undefined) note(`evaluating ${chosen}`);
  return openModel(chosen, { ...choice, onBroken: ({ message }) => note(`warning: ${message}`) });
}

/**
 * Each model over the same pictures, then all together where there are several. Every model's result is written as soon as it is whole; the
 * progress is kept until all are, so that the same call goes on where it was stopped.
 */
export async function evaluateModels(
  models: readonly Model[],
  options: EvaluationOptions,
  signal: AbortSignal,
): Promise<EvaluationEnd> {
  requireEnsemble(models);
  const blacklist = openBlacklist(options);
  const listing = await pictures(models, options);
  if (blacklist)
    requireUse(
      blacklist,
      listing.items.map(({ name }) => name),
    );
  const journals: Journal[] = [];
  const parts: { folder: string; result: Evaluated }[] = [];
  try {
    for (const [i, model] of models.entries()) {
      const folder = folderOf(model, options, models.length > 1 ? i + 1 : undefined);
      const label = models.length > 1 ? `eval ${i + 1}/${models.length}` : "eval";
      const { saved, done, speed, journal } = await passOver(model, listing, options, { folder, label, signal });
      journals.push(journal);
      if (!saved) return { stopped: { path: model.path, done, listed: listing.items.length } };
      const scores = options.backgroundClass ? dropBackground(saved) : saved;
      const result = { ...evaluated(scores, blacklist, listing.path), fresh: { model, speed } };
      parts.push({ folder: writeResults(folder, result), result });
    }
    const outcome =
      parts.length === 1 ? parts[0]! : combineAll(parts.map(pathed), options.output, blacklist, listing.path);
    for (const journal of journals) journal.remove();
    return outcome;
  } finally {
    for (const journal of journals) journal.close();
  }
}

const pathed = ({ folder, result }: { folder: string; result: Evaluated }): Saved => ({
  path: folder,
  ...result.saved,
});

/** Stored results, averaged anew: no engine and no pictures needed. */
export const recombine = (
  folders: readonly string[],
  options: Pick<EvaluationOptions, "output" | "blacklist">,
): EvaluationEnd =>
  combineAll(
    folders.map((folder) => readSaved(folder)),
    options.output,
    openBlacklist(options),
  );

const openBlacklist = ({ blacklist }: Pick<EvaluationOptions, "blacklist">): Blacklist | undefined =>
  blacklist === undefined ? undefined : readBlacklist(blacklist);

function combineAll(
  parts: readonly Saved[],
  output: string | undefined,
  blacklist?: Blacklist,
  source?: string,
): EvaluationEnd {
  const upTo = (count: number) => combine(parts.slice(0, count));
  const result: Evaluated = {
    ...evaluated(upTo(parts.length), blacklist, source),
    alone: parts.map((part) => ({ model: part.protocol.models[0]!, summary: summaryOf(part) })),
    prefixes: parts.map((_, i) => ({ models: i + 1, summary: summaryOf(upTo(i + 1)) })),
  };
  return { result, folder: writeResults(output ?? makeNumbered("runs/eval", "ensemble"), result) };
}

function evaluated(saved: Evaluated["saved"], blacklist?: Blacklist, source?: string): Evaluated {
  const predictions = predictionsOf(saved);
  const summary = summarize(predictions, saved.classes.length);
  const figures = figuresOf(saved, blacklist);
  return { saved, predictions, summary, figures, ...(source === undefined ? {} : { source }), alone: [], prefixes: [] };
}

async function passOver(
  model: Model,
  listing: Listing,
  { crops, average, precision, batch, onBadImage }: EvaluationOptions,
  { folder, label, signal }: { folder: string; label: string; signal: AbortSignal },
): Promise<Evaluation> {
  const bar = progressBar(label, cropCounts[crops] * listing.items.length);
  try {
    return await evaluatePictures(model, listing, {
      protocol: crops,
      average,
      precision: choosePrecision(precision),
      batch: batch ?? model.experiment.evaluate.batch,
      folder,
      signal,
      onBad: (failure) => {
        if (onBadImage === "fail")
          throw new UserError("data", `${failure.name}: ${failure.reason}`, {
            hint: "--on-bad-image skip leaves it out and lists it",
          });
      },
      onProgress: ({ before, sitting, total, seconds }) => {
        const rate = `${(sitting / seconds).toFixed(1)} ${crops === "single" ? "images" : "crops"}/s`;
        const left = formatDuration((seconds / sitting) * (total - before - sitting));
        bar.update(before + sitting, `${rate}  ${left} left`);
      },
    });
  } finally {
    bar.stop();
  }
}

function requireEnsemble(models: readonly Model[]): void {
  const [first, ...others] = models;
  for (const other of others) requireSameClasses(first!, other);
  const twice = models.find(({ path }, i) => models.findIndex((other) => other.path === path) !== i);
  if (twice) throw new UserError("usage", `${twice.path} is given twice, expected different models`);
}

/** The source given, or the validation pictures of the first model, which must be those of every other. */
async function pictures(
  models: readonly Model[],
  { data, labels, limit, backgroundClass }: EvaluationOptions,
): Promise<Listing> {
  if (labels !== undefined && data === undefined)
    throw new UserError("usage", "--labels names the labels of a list given with --data, and there is none");
  const [first, ...others] = models;
  const own = async ({ experiment }: Model): Promise<Listing> =>
    data === undefined ? (await openSets(experiment)).validation : openNamed(data, labels);
  const match = backgroundClass ? matchForeground : matchClasses;
  const listing = match(await own(first!), first!.classes);
  for (const other of data === undefined ? others : [])
    if ((await own(other)).fingerprint !== listing.fingerprint)
      throw new UserError("usage", `${other.path} was validated on other pictures than ${first!.path}`, {
        hint: "say with --data which pictures to evaluate all of them on",
      });
  return limit === undefined ? listing : thinOut(listing, limit);
}

async function openNamed(data: string, labels?: string): Promise<Listing> {
  const listing = await openSource(data, { leastClasses: 1 });
  return labels === undefined ? listing : nameClasses(listing, labels);
}

/** `<run>/eval/step-N-kind` and what differs from the default; in a folder that was given, one for each of several models. */
function folderOf({ path, step, kind }: Model, options: EvaluationOptions, number?: number): string {
  const { output, crops, average, limit, backgroundClass } = options;
  if (output !== undefined) return number === undefined ? output : join(output, `model-${number}`);
  const name = [
    `step-${step}-${kind}`,
    ...(crops === "single" ? [] : [`${crops}crops`]),
    ...(average === "logits" ? ["logits"] : []),
    ...(limit === undefined ? [] : [`limit${limit}`]),
    ...(backgroundClass ? ["foreground"] : []),
  ];
  return join(dirname(dirname(path)), "eval", name.join("-"));
}
