// Models and pictures together: each model alone, then all of them as one, and the files with the results.
import { UserError } from "../errors.ts";
import type { Average } from "../evaluate/average.ts";
import { dropBackground } from "../evaluate/background.ts";
import { type Evaluation, evaluatePictures, type Progress } from "../evaluate/evaluation.ts";
import type { Journal } from "../evaluate/journal.ts";
import type { Model } from "../evaluate/model.ts";
import { precisionOf } from "../evaluate/model-evaluator.ts";
import { readSaved, type Saved } from "../evaluate/saved.ts";
import { type ViewChoice, withView } from "../evaluate/view.ts";
import type { JpegReduction } from "../images/jpeg-reduction.ts";
import { cropCounts, type Protocol } from "../images/protocols.ts";
import type { Listing } from "../images/sources/source.ts";
import { makeNumbered } from "../run/folder.ts";
import { readBlacklist, requireUse } from "./blacklist.ts";
import { requireSameClasses } from "./ensemble.ts";
import { writeResult } from "./evaluation-files.ts";
import { type EvaluationResult, ensembleResult, type ResultContext, resultOf } from "./evaluation-result.ts";
import { groupingOf, readGroups } from "./groups.ts";
import { choosePictures, type PictureChoice } from "./pictures.ts";
import { requireSame, resultFolder, subjectOf } from "./result-folder.ts";
import { readRightLabels, rightClasses } from "./right-labels.ts";

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

/** A result and the folder that it was written to; or how far it had come when it was stopped. */
export type EvaluationEnd =
  | { readonly result: EvaluationResult; readonly folder: string }
  | { readonly stopped: { readonly path: string; readonly done: number; readonly listed: number } };

/**
 * Each model over the same pictures, then all together where there are several. Every model's result is written as soon as it is whole; the
 * progress is kept until all are, so that the same call goes on where it was stopped.
 */
export async function evaluateModels(
  chosen: readonly Model[],
  asked: EvaluationRequest,
  { validationOf, watch, signal, keep = (progress) => progress.remove() }: EvaluationSetting,
): Promise<EvaluationEnd> {
  requireEnsemble(chosen);
  const models = chosen.map((model) => withView(model, asked, asked.crops));
  const request = { ...asked, backgroundClass: asked.backgroundClass ?? models[0]!.preprocessing.background };
  const lists = openLists(request);
  const listing = await choosePictures(models, request, validationOf);
  const context = { ...lists, source: listing.path };
  const names = listing.items.map(({ name }) => name);
  if (lists.blacklist) requireUse(lists.blacklist, names);
  if (lists.groups) groupingOf(lists.groups, names);
  if (lists.real) rightClasses(lists.real, { names, classes: listing.classes.slice(request.backgroundClass ? 1 : 0) });
  const subject = (of: readonly Model[]) =>
    subjectOf(of, listing.fingerprint, request, (model) => precisionOf(model, request.precision));
  if (request.output !== undefined) requireSame(request.output, subject(models));
  const journals: Journal[] = [];
  const members: { folder: string; result: EvaluationResult }[] = [];
  try {
    for (const [i, model] of models.entries()) {
      const folder = resultFolder(model, subject([model]), request, models.length > 1 ? i + 1 : undefined);
      const watcher = watch({ number: i + 1, models: models.length, crops: cropCounts[request.crops] * names.length });
      const { saved, done, speed, journal } = await evaluate(model, listing, request, { folder, watcher, signal });
      journals.push(journal);
      if (!saved) return { stopped: { path: model.path, done, listed: names.length } };
      const found = request.backgroundClass ? dropBackground(saved) : saved;
      const scores = listing.subset ? { ...found, subset: listing.subset } : found;
      const result = { ...resultOf(scores, context), fresh: { model, speed } };
      writeResult(folder, result);
      members.push({ folder, result });
    }
    const end =
      members.length === 1
        ? members[0]!
        : writeEnsemble(
            members.map(({ folder, result }) => ({ path: folder, ...result.scores })),
            request,
            context,
          );
    for (const journal of journals) keep(journal);
    return end;
  } finally {
    for (const journal of journals) journal.close();
  }
}

/** Stored results, averaged anew: no engine and no pictures needed. */
export const recombine = (
  folders: readonly string[],
  request: Pick<EvaluationRequest, "output" | "blacklist" | "groups" | "real">,
): Extract<EvaluationEnd, { result: unknown }> =>
  writeEnsemble(
    folders.map((folder) => readSaved(folder)),
    request,
    openLists(request),
  );

function writeEnsemble(
  members: readonly Saved[],
  { output }: Pick<EvaluationRequest, "output">,
  context: ResultContext,
) {
  const result = ensembleResult(members, context);
  if (output !== undefined) requireSame(output, result.scores);
  const folder = output ?? makeNumbered("runs/eval", "ensemble");
  writeResult(folder, result);
  return { result, folder };
}

type Lists = Pick<EvaluationRequest, "blacklist" | "groups" | "real">;
const openLists = ({ blacklist, groups, real }: Lists): ResultContext => ({
  ...(blacklist === undefined ? {} : { blacklist: readBlacklist(blacklist) }),
  ...(groups === undefined ? {} : { groups: readGroups(groups) }),
  ...(real === undefined ? {} : { real: readRightLabels(real) }),
});

async function evaluate(
  model: Model,
  listing: Listing,
  { crops, average, precision, batch, onBadImage }: EvaluationRequest,
  { folder, watcher, signal }: { folder: string; watcher: ModelWatcher; signal: AbortSignal },
): Promise<Evaluation> {
  try {
    return await evaluatePictures(model, listing, {
      protocol: crops,
      average,
      precision: precisionOf(model, precision),
      batch: batch ?? model.batch,
      folder,
      signal,
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
