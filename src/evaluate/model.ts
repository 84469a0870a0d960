// A trained network opened from a run folder or a checkpoint alone.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { howToGet, importedFolder } from "../checkpoint/origin.ts";
import { type Checkpoint, checkpointName, newestCheckpoint } from "../checkpoint/store.ts";
import { readSuitable } from "../checkpoint/suitable.ts";
import type { Experiment } from "../config/schema.ts";
import { experimentIn } from "../config/stored.ts";
import { UserError } from "../errors.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { CropChoice } from "../images/crop.ts";
import { foldedNetwork } from "../interpret/folded.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { Layer } from "../network/layer.ts";
import type { NetworkOptions } from "../network/options.ts";
import type { Preprocessing } from "../network/preprocessing.ts";
import { readOnnxMetadata } from "../onnx/file.ts";
import { fitOf } from "./fit.ts";

export interface Model {
  readonly path: string;
  readonly step: number;
  readonly network: Layer;
  readonly options: NetworkOptions;
  readonly classes: readonly string[];
  /** What it was trained by; undefined where a checkpoint holds weights from elsewhere. */
  readonly experiment: Experiment | undefined;
  /** Pictures at a time, where nothing else is said. */
  readonly batch: number;
  /** As the checkpoint has it. */
  readonly preprocessing: Preprocessing;
  /** As the model is used, which may be otherwise: view.ts. */
  readonly size: number;
  readonly preset: Preprocessing["preset"];
  readonly choice?: CropChoice;
  readonly kind: "average" | "raw";
  /** The checkpoint of its run that validated best: on those pictures its figures are a little too good. */
  readonly chosen?: boolean;
  /** How many of the pictures that it is judged on it was trained on. */
  readonly trainedHere?: number;
  readonly weights: NamedTensors;
  /** Its norms are folded into its kernels, which are for inference alone. */
  readonly folded?: boolean;
  /** An ONNX file, whose weights are in there alone. */
  readonly onnx?: boolean;
}

export interface ModelChoice {
  /** Which checkpoint of a run: the newest, or the one that validated best. */
  readonly which: "last" | "best";
  /** Averaged weights where the checkpoint has them, or the raw ones. */
  readonly raw: boolean;
  /** The model's own where left out. */
  readonly jpegReduction?: Preprocessing["jpegReduction"] | undefined;
  readonly onBroken?: (error: UserError) => void;
}

/** The default of `evaluate.batch`. */
const usualBatch = 32;

/** Opens a run, a checkpoint, imported weights by their name or an ONNX file; throws UserError("checkpoint") when there is nothing usable. */
export function openModel(name: string, choice: ModelChoice): Model {
  if (name.endsWith(".onnx")) return openOnnxModel(name, choice);
  const path = existsSync(name) ? name : (importedFolder(name) ?? name);
  const found = existsSync(join(path, "manifest.json"))
    ? { path, checkpoint: readSuitable(path), chosen: false }
    : fromRun(path, choice);
  const { state, step, files } = found.checkpoint;
  const options = state.network;
  const experiment = experimentIn(state, found.path);
  const average = choice.raw ? undefined : files.average;
  return {
    path: found.path,
    step,
    network: networkOf({ options, folded: state.folded !== undefined }, state.preprocessing.size),
    options,
    classes: state.classes,
    experiment,
    batch: experiment?.evaluate.batch ?? usualBatch,
    ...pictured(state.preprocessing, choice),
    kind: state.folded?.weights ?? (average ? "average" : "raw"),
    chosen: state.folded?.chosen ?? found.chosen,
    weights: (average ?? files.weights) as NamedTensors,
    ...(state.folded && { folded: true }),
  };
}

/** The model's tree at this size. */
export function networkOf({ options, folded }: Pick<Model, "options" | "folded">, size: number): Layer {
  const network = buildNetwork(options, size);
  return folded ? foldedNetwork(network).network : network;
}

function openOnnxModel(path: string, choice: ModelChoice): Model {
  const { network: options, preprocessing, classes, step, weights: kind } = readOnnxMetadata(path);
  if (choice.raw)
    throw new UserError("usage", `--raw: ${path} is an ONNX file, which has one set of weights (${kind})`);
  return {
    path,
    step,
    network: buildNetwork(options, preprocessing.size),
    options,
    classes,
    experiment: undefined,
    batch: usualBatch,
    ...pictured(preprocessing, choice),
    kind,
    weights: new Map(),
    onnx: true,
  };
}

function pictured(own: Preprocessing, { jpegReduction = own.jpegReduction }: Pick<ModelChoice, "jpegReduction">) {
  const { size, preset } = own;
  const fit = fitOf(own.fit, own);
  return { preprocessing: { ...own, jpegReduction }, size, preset, ...(fit && { choice: { fit } }) };
}

type Found = { readonly path: string; readonly checkpoint: Checkpoint; readonly chosen: boolean };

function fromRun(run: string, { which, onBroken }: ModelChoice): Found {
  const folder = join(run, "checkpoints");
  const newest = existsSync(folder)
    ? newestCheckpoint(folder, { read: readSuitable, ...(onBroken && { onBroken }) })
    : undefined;
  if (newest === undefined)
    throw new UserError("checkpoint", `${run} is neither a checkpoint nor a run with one`, {
      hint: howToGet(run) ?? "give a folder such as runs/train/quickstart-1, or one of its checkpoints/step-...",
    });
  const best = newest.checkpoint.state.best?.step;
  if (which === "last" || best === undefined) return { ...newest, chosen: false };
  if (best === newest.checkpoint.step) return { ...newest, chosen: true };
  const path = join(folder, checkpointName(best));
  return { path, checkpoint: readSuitable(path), chosen: true };
}
