// A trained network in a program: what it sees in pictures, and how well it does.
import { noneOf } from "../config/nearest.ts";
import { UserError } from "../errors.ts";
import { type Model, openModel as open } from "../evaluate/model.ts";
import { predictFiles } from "../evaluate/predict.ts";
import { type Protocol, protocols } from "../images/protocols.ts";
import { namedPictures } from "../images/sources/named.ts";
import { evaluateModels } from "../results/evaluate-models.ts";
import { evaluationDocument } from "../results/evaluation-document.ts";
import type { EvaluationDocument } from "../results/evaluation-schema.ts";
import { openSets, trainingOf } from "../train/training.ts";

export interface OpenOptions {
  /** Which checkpoint of a run; the best where left out. */
  readonly checkpoint?: "best" | "last";
  /** The raw weights in the place of their running average. */
  readonly raw?: boolean;
}

/** Opens a run folder, a checkpoint or imported weights by their name. Throws UserError where there is nothing usable. */
export const openModel = (path: string, { checkpoint = "best", raw = false }: OpenOptions = {}): Model =>
  open(path, { which: checkpoint, raw });

/** The model itself, or the one of this path. */
export const opened = (model: Model | string): Model => (typeof model === "string" ? openModel(model) : model);

export interface Predicted {
  readonly image: string;
  /** The most probable first. */
  readonly top: readonly { readonly class: string; readonly probability: number }[];
}

/** The most probable classes of each picture: files, folders and patterns. Throws UserError naming a picture that cannot be read. */
export async function predict(
  model: Model | string,
  pictures: string | readonly string[],
  { top = 5 }: { readonly top?: number } = {},
): Promise<Predicted[]> {
  const { classes, ...rest } = opened(model);
  const files = (await namedPictures([pictures].flat())).map(({ name }) => name);
  return (await predictFiles({ classes, ...rest }, files, top)).map((one) => ({
    image: one.name,
    top: one.top.map(({ class: index, probability }) => ({ class: classes[index]!, probability })),
  }));
}

export interface EvaluateOptions {
  /** Pictures in the place of those that the run is validated on. */
  readonly data?: string;
  readonly crops?: Protocol;
  /** At most so many pictures, at even distances. */
  readonly limit?: number;
  /** Folder of the result; beside the checkpoint where left out. */
  readonly output?: string;
  readonly signal?: AbortSignal;
}

/** `summary.json` of the evaluation, which is written as `inception eval` writes it, and its folder. */
export type Evaluated = EvaluationDocument & { readonly folder: string };

/** Errors with intervals, and all else that `inception eval` finds. Throws UserError; the signal's reason where that stopped it. */
export async function evaluate(model: Model | string, options: EvaluateOptions = {}): Promise<Evaluated> {
  const { crops = "single", signal = new AbortController().signal, ...asked } = options;
  if (!protocols.includes(crops)) throw new UserError("usage", noneOf("crops", crops, protocols));
  const end = await evaluateModels(
    [opened(model)],
    { ...asked, crops, average: "probabilities", precision: "auto", onBadImage: "fail" },
    { validationOf, trainingOf, watch: () => ({ progress() {}, ended() {} }), signal },
  );
  if ("stopped" in end) throw signal.reason;
  return { ...evaluationDocument(end.result), folder: end.folder };
}

async function validationOf({ experiment, path }: Model) {
  if (experiment !== undefined) return (await openSets(experiment)).validation;
  throw new UserError("usage", `${path} holds weights alone and names no validation pictures`, { hint: "give data" });
}
